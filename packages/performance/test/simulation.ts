import { startAnalyticsEngine, type AnalyticsEngineServer } from "@monotask/analytics-engine-local";
import { createSampler, createSqlApi, encodePoint, weightOfRate, type Measure, type QueryPort } from "@monotask/telemetry";
import { seededRandom } from "@monotask/analytics-engine-local";

/** Traffic whose every request is known, and how it is measured. */
export interface Experiment {
  readonly requests: number;
  readonly rate: number;
  readonly fullRatePerMinute?: number;
  /** Points of one index a second that the engine keeps before it samples by itself. */
  readonly engineSampleAbove?: number;
  readonly errorRatio: number;
  readonly requestsPerSecond: number;
  readonly seed: number;
}

export interface Estimate {
  readonly name: string;
  readonly truth: number;
  readonly estimate: number;
  readonly sigma: number;
}

export interface Outcome {
  readonly points: number;
  readonly estimates: readonly Estimate[];
}

const START_MS = Date.UTC(2026, 10, 24, 12);
const SLOW_AFTER_MS = 500;
const QUANTILES = [0.5, 0.95, 0.99];
const CHUNK = 10_000;
const DATASET = "simulation";

/** Runs an experiment against the real engine, and compares what is read back with what happened. */
export async function simulate(experiment: Experiment): Promise<Outcome> {
  const { engineSampleAbove, seed } = experiment;
  const engine = await startAnalyticsEngine({
    port: 0,
    seed,
    ...(engineSampleAbove === undefined ? {} : { sampleAbove: engineSampleAbove }),
  });
  try {
    const truth = await writeTraffic(engine, experiment);
    const port = createSqlApi({ url: engine.sqlUrl, token: engine.token, dataset: DATASET });
    return { points: truth.points, estimates: await compare(port, truth, experiment) };
  } finally {
    await engine.close();
  }
}

interface Truth {
  readonly durations: Float64Array;
  readonly errors: number;
  readonly points: number;
}

async function writeTraffic(engine: AnalyticsEngineServer, experiment: Experiment): Promise<Truth> {
  const { requests, requestsPerSecond, rate, fullRatePerMinute = 0, errorRatio, seed } = experiment;
  const random = seededRandom(seed);
  let nowMs = START_MS;
  const sampler = createSampler({
    weight: weightOfRate(rate),
    fullRatePerMinute,
    nowMs: () => nowMs,
    random: seededRandom(seed + 1),
  });
  const durations = new Float64Array(requests);
  let [errors, points] = [0, 0];
  let chunk: object[] = [];
  for (let i = 0; i < requests; i += 1) {
    nowMs = START_MS + (i / requestsPerSecond) * 1000;
    const durationMs = logNormal(random, 60, 0.8);
    const isError = random() < errorRatio;
    durations[i] = durationMs;
    errors += isError ? 1 : 0;
    const decision = sampler.decide({ statusCode: isError ? 500 : 200, durationMs, slowAfterMs: SLOW_AFTER_MS });
    if (decision) {
      const statusCode = isError ? "500" : "200";
      const fields = { workerName: "api", endpoint: "/r", statusCode, durationMs, sampleWeight: decision.weight };
      chunk.push({ ...encodePoint("request", fields), timestamp: Math.floor(nowMs) });
      points += 1;
    }
    if (chunk.length === CHUNK || i === requests - 1) {
      await engine.write(DATASET, chunk);
      chunk = [];
    }
  }
  return { durations: durations.sort(), errors, points };
}

async function compare(port: QueryPort, { durations, errors }: Truth, { requests }: Experiment): Promise<Estimate[]> {
  const bad = { op: ">=" as const, field: "statusCode" as const, value: "500" };
  const first = await read(port, {
    count: { measure: "count" },
    variance: { measure: "variance" },
    bad: { measure: "count", where: bad },
    badVariance: { measure: "variance", where: bad },
    q0: { measure: "quantile", field: "durationMs", q: 0.5 },
    q1: { measure: "quantile", field: "durationMs", q: 0.95 },
    q2: { measure: "quantile", field: "durationMs", q: 0.99 },
  });
  const count = first("count");
  const ratio = first("bad") / count;
  const goodVariance = first("variance") - first("badVariance");
  const ratioSigma = Math.sqrt((1 - ratio) ** 2 * first("badVariance") + ratio ** 2 * goodVariance) / count;
  const estimates: Estimate[] = [
    { name: "requests", truth: requests, estimate: count, sigma: Math.sqrt(first("variance")) },
    { name: "error ratio", truth: errors / requests, estimate: ratio, sigma: ratioSigma },
  ];
  for (const [index, q] of QUANTILES.entries()) {
    const value = first(`q${index}`);
    const below = { op: "<=" as const, field: "durationMs" as const, value };
    const second = await read(port, { below: { measure: "variance", where: below }, all: { measure: "variance" } });
    const above = second("all") - second("below");
    // A percentile is right if the true share of requests below it is q: its error has the unit of the share.
    const sigma = Math.sqrt((1 - q) ** 2 * second("below") + q ** 2 * above) / count;
    estimates.push({ name: `P${q * 100}`, truth: shareBelow(durations, value), estimate: q, sigma: sigma + 1 / requests });
  }
  return estimates;
}

async function read(
  port: QueryPort,
  select: Record<string, Measure<"durationMs" | "statusCode">>,
): Promise<(name: string) => number> {
  const result = await port.run({ kinds: ["request"], fromMs: START_MS, toMs: START_MS + 7 * 86_400_000, select });
  if (result.kind !== "rows") throw new Error(`the engine gave no rows: ${JSON.stringify(result)}`);
  return (name) => Number(result.rows[0]?.[name]);
}

/** Share of the sorted values that are at most a value. */
function shareBelow(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}

function logNormal(random: () => number, median: number, spread: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(spread * normal);
}
