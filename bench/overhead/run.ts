// node bench/overhead/run.ts [--starts 4] [--rounds 28] [--requests 2000] [--warmup 20000] [--lanes noop,storage,error,in-process,bindings,heap,cold] [--variants …]
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundle, type Bundle } from "./src/bundle.ts";
import { startSink, type Sink } from "./src/sink.ts";
import { median, medianDifference, shuffled } from "./src/statistics.ts";
import { startWorker, workerdVersion, type RunningWorker } from "./src/workerd.ts";

const ALL = ["raw", "raw-als", "monotask", "toucan", "evlog", "sentry-errors", "sentry-traces-10", "sentry-traces-100", "otel"];
const IN_PROCESS_CALLS = 100;
const HEAP_REQUESTS = 100_000;
const HEAP_PARTS = 5;

const { values } = parseArgs({
  options: {
    starts: { type: "string", default: "4" },
    rounds: { type: "string", default: "28" },
    requests: { type: "string", default: "2000" },
    warmup: { type: "string", default: "20000" },
    lanes: { type: "string", default: "noop,storage,error,in-process,bindings,heap,cold" },
    variants: { type: "string", default: ALL.join(",") },
    out: { type: "string", default: join(import.meta.dirname, "../results/overhead.json") },
  },
});
const [starts, rounds, requests, warmup] = [values.starts, values.rounds, values.requests, values.warmup].map(Number) as [
  number,
  number,
  number,
  number,
];
const variants = values.variants.split(",");
const folder = mkdtempSync(join(tmpdir(), "overhead-"));

if (!existsSync(join(import.meta.dirname, "node_modules"))) {
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: import.meta.dirname, stdio: "inherit" });
}

/** Sends requests from a process of its own. */
function load(port: number, path: string, count: number): Promise<{ answered: number; elapsedMs: number }> {
  return new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, "src/load.ts");
    const child = spawn(process.execPath, [script, String(port), path, String(count), "16"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(out) as { answered: number; elapsedMs: number });
      else reject(new Error(`load ended with ${code}`));
    });
  });
}

interface Sample {
  readonly cpuUs: number;
  readonly perSecond: number;
  readonly subrequests: number;
}

async function measure(worker: RunningWorker, sink: Sink, path: string, count: number, perRequest = 1): Promise<Sample> {
  sink.take();
  const before = worker.cpuUs();
  const { answered, elapsedMs } = await load(worker.port, path, count);
  const calls = answered * perRequest;
  return {
    cpuUs: (worker.cpuUs() - before) / calls,
    perSecond: (calls / elapsedMs) * 1000,
    subrequests: sink.take().requests / calls,
  };
}

/**
 * Each variant in its own workerd; rounds in random order; medians. What a variant adds is compared round by round. The processes are
 * started several times and share the rounds: what the compiler makes of the same code differs from process to process by more than
 * from round to round.
 * @param perRequest how often the handler is called within one request
 */
async function lane(
  name: string,
  path: string,
  scale: number,
  bundles: ReadonlyMap<string, Bundle>,
  sink: Sink,
  perRequest = 1,
): Promise<object[]> {
  const samples = new Map<string, Sample[][]>([...bundles.keys()].map((variant) => [variant, []]));
  const count = (requestsInAll: number): number => Math.max(16, Math.floor(requestsInAll / scale / perRequest));
  for (let start = 0; start < starts; start += 1) {
    const workers = new Map<string, RunningWorker>();
    /** A peer that does not live through a lane is told of, and missing from its table; `raw` is what all are compared with. */
    const unlessItEnds = async (variant: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        if (variant === "raw") throw error;
        console.error(`${name}: ${variant} is left out: ${String(error)}`);
        workers.get(variant)?.stop();
        workers.delete(variant);
        samples.delete(variant);
      }
    };
    try {
      for (const [variant] of samples) {
        await unlessItEnds(variant, async () => {
          const worker = await startWorker(`${name}-${variant}`, bundles.get(variant)?.code ?? "", sink.port, folder);
          workers.set(variant, worker);
          await load(worker.port, path, count(warmup));
        });
        samples.get(variant)?.push([]);
      }
      for (let round = 0; round < Math.ceil(rounds / starts); round += 1) {
        for (const [variant, worker] of shuffled([...workers])) {
          await unlessItEnds(variant, async () => {
            const sample = await measure(worker, sink, path, count(requests), perRequest);
            samples.get(variant)?.at(-1)?.push(sample);
          });
        }
      }
    } finally {
      for (const worker of workers.values()) worker.stop();
    }
  }
  const raw = samples.get("raw") ?? [];
  return [...samples].map(([variant, byStart]) => laneRow(variant, byStart, raw));
}

function laneRow(variant: string, byStart: readonly Sample[][], rawByStart: readonly Sample[][]): object {
  const cpuOf = (some: readonly Sample[]): number[] => some.map(({ cpuUs }) => cpuUs);
  const all = byStart.flat();
  const [cpu, raw] = [cpuOf(all), cpuOf(rawByStart.flat())];
  const addedUs = medianDifference(cpu, raw);
  return {
    variant,
    cpuUs: round1(median(cpu)),
    min: round1(Math.min(...cpu)),
    max: round1(Math.max(...cpu)),
    addedUs: round1(addedUs),
    addedByStart: byStart.map((some, at) => round1(medianDifference(cpuOf(some), cpuOf(rawByStart[at] ?? [])))).join(" "),
    ratio: Number((1 + addedUs / median(raw)).toFixed(2)),
    perSecond: Math.round(median(all.map(({ perSecond }) => perSecond))),
    subrequests: Number(median(all.map(({ subrequests }) => subrequests)).toFixed(3)),
  };
}

/** Resident memory while 100,000 requests pass: a claim about ourselves, so only beside raw. */
async function heap(bundles: ReadonlyMap<string, Bundle>, sink: Sink): Promise<object[]> {
  const rows: object[] = [];
  for (const [variant, { code }] of bundles) {
    if (!["raw", "monotask"].includes(variant)) continue;
    const worker = await startWorker(`heap-${variant}`, code, sink.port, folder);
    const residentMiB: number[] = [];
    for (let part = 0; part < HEAP_PARTS; part += 1) {
      await load(worker.port, "/noop", HEAP_REQUESTS / HEAP_PARTS);
      residentMiB.push(Math.round(worker.residentMiB()));
    }
    worker.stop();
    rows.push({ variant, afterRequests: HEAP_REQUESTS, residentMiB: residentMiB.join(" ") });
  }
  return rows;
}

/** CPU from the start of the process to its first answer; medians, compared round by round. */
async function cold(bundles: ReadonlyMap<string, Bundle>, sink: Sink): Promise<object[]> {
  const samples = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [variant, { code }] of shuffled([...bundles])) {
      const worker = await startWorker(`cold-${variant}`, code, sink.port, folder);
      samples.set(variant, [...(samples.get(variant) ?? []), worker.cpuUs() / 1000]);
      worker.stop();
    }
  }
  const raw = samples.get("raw") ?? [];
  return [...samples].map(([variant, ms]) => ({
    variant,
    cpuMs: round1(median(ms)),
    addedMs: round1(medianDifference(ms, raw)),
    ratio: Number((1 + medianDifference(ms, raw) / median(raw)).toFixed(2)),
  }));
}

/** A lane in which one request calls the handler many times, so that the server's own cost is shared. */
async function repeatedLane(name: string, path: string, isWithoutServices: boolean): Promise<object[]> {
  const repeated = new Map<string, Bundle>();
  for (const variant of variants) repeated.set(variant, await bundle(variant, { count: IN_PROCESS_CALLS, isWithoutServices }));
  return lane(name, path, 1, repeated, sink, IN_PROCESS_CALLS);
}

function round1(value: number): number {
  return Number(value.toFixed(1));
}

mkdirSync(join(values.out, ".."), { recursive: true });
const sink = await startSink();
const bundles = new Map<string, Bundle>();
for (const variant of variants) bundles.set(variant, await bundle(variant));
const results: Record<string, unknown> = {
  at: new Date().toISOString(),
  machine: { cpus: cpus().length, model: cpus()[0]?.model ?? "", node: process.version, workerd: workerdVersion },
  method: { starts, rounds, requests, warmup, connections: 16 },
  size: [...bundles].map(([variant, { minifiedBytes, gzipBytes }]) => ({ variant, minifiedBytes, gzipBytes })),
};
console.table(results["size"]);
const LANES: Readonly<Record<string, () => Promise<object[]>>> = {
  noop: () => lane("noop", "/noop", 1, bundles, sink),
  storage: () => lane("storage", "/storage", 4, bundles, sink),
  error: () => lane("error", "/error", 4, bundles, sink),
  "in-process": () => repeatedLane("in-process", "/noop", false),
  bindings: () => repeatedLane("bindings", "/storage", true),
  heap: () => heap(bundles, sink),
  cold: () => cold(bundles, sink),
};
for (const name of values.lanes.split(",")) {
  const run = LANES[name];
  if (!run) throw new Error(`there is no lane "${name}"; use ${Object.keys(LANES).join(", ")}`);
  results[name] = await run();
  // After each lane: what was measured outlives one that fails.
  writeFileSync(values.out, `${JSON.stringify(results, undefined, 2)}\n`);
  console.log(`\n${name}`);
  console.table(results[name]);
}
sink.close();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
