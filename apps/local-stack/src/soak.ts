// pnpm soak --minutes N: steady load, a scripted day of incidents, processes killed without notice; then the books are held against each
// other. Writes bench/results/soak.json.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setTimeout as wait } from "node:timers/promises";
import type { InboxMessage } from "@monotask/cli/local";
import { createEvaluatorApi } from "./stack/evaluator-api.ts";
import { switchFaults } from "./stack/fault-switches.ts";
import { DEFAULT_PORT_BASE } from "./stack/ports.ts";
import { startStack, type Stack } from "./stack/stack.ts";
import { createSteps } from "./smoke/report.ts";
import { until } from "./smoke/until.ts";
import { INCIDENTS, pauses, type Faults, type Incident } from "./soak/incidents.ts";
import { groupMemoryBytes, trendOf, type MemoryTrend } from "./soak/memory.ts";
import { booksAgree, requestLogOf } from "./soak/request-log.ts";
import { FLAT } from "./traffic/day-shape.ts";
import { seededRandom } from "./traffic/random.ts";
import { startTraffic } from "./traffic/traffic.ts";

const ROOT = join(import.meta.dirname, "../../..");
const HOME = join(ROOT, ".monotask/soak");
const SPEED = 30;
const MINUTE_MS = 60_000;
const READ_EVERY_MS = 1_000;
/** Above this the memory of a process grows without end, or might. */
const MOST_GROWTH = 1.25;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    "per-second": { type: "string", default: "20" },
    kills: { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
  },
});
const [minutes, perSecond, kills, seed] = [values.minutes, values["per-second"], values.kills, values.seed].map(Number);
if (![minutes, perSecond, kills, seed].every((n) => n !== undefined && n >= 0)) {
  console.error("usage: pnpm soak [--minutes 10] [--per-second 20] [--kills 4] [--seed 1]");
  process.exit(2);
}
process.exitCode = await soak({
  runMs: (minutes ?? 10) * MINUTE_MS,
  perSecond: perSecond ?? 20,
  kills: kills ?? 4,
  seed: seed ?? 1,
});

interface Soak {
  readonly runMs: number;
  readonly perSecond: number;
  readonly kills: number;
  readonly seed: number;
}

async function soak({ runMs, perSecond, kills, seed }: Soak): Promise<number> {
  rmSync(HOME, { recursive: true, force: true });
  const clock = { realMs: Date.now(), virtualMs: Date.now(), rate: SPEED };
  const stack = await startStack({ root: ROOT, homeDir: HOME, portBase: DEFAULT_PORT_BASE + 400, clock, samplingRate: 1, seed });
  const api = createEvaluatorApi(stack.addresses.evaluator);
  const steps = createSteps((line) => console.log(line));
  const traffic = startTraffic({ baseUrl: stack.addresses.demo, perSecond, shape: FLAT, peak: 1, seed });
  try {
    const seen = await runDay({ stack, runMs, kills, seed });
    await traffic.pause();
    const log = requestLogOf(traffic.counts());
    const killed = stack.workers.restarts() + stack.engine.restarts();

    await steps.run("Every incident was told", "an alert of each", () => {
      const missed = seen.incidents.filter(({ alerts }) => alerts.length === 0).map(({ name }) => name);
      const observed = `${seen.incidents.length - missed.length} of ${seen.incidents.length}${missed.length === 0 ? "" : `; missed: ${missed.join(", ")}`}`;
      return Promise.resolve({ ok: missed.length === 0, observed });
    });
    await steps.run("What was decided was told", "every notification arrived; repeats only over a kill", async () => {
      const told = await until(
        () => toldCounts(stack),
        ({ waiting }) => waiting === 0,
        MINUTE_MS,
      );
      const observed = `${told.decided} decided for channels with an inbox, ${told.received} received, ${told.waiting} waiting; ${killed} kills`;
      return { ok: told.waiting === 0 && told.received >= told.decided && told.received - told.decided <= killed, observed };
    });
    await steps.run("Requests lost to monitoring", "only those under way in a kill of the workers went without an answer", () =>
      Promise.resolve({
        ok: stack.workers.restarts() > 0 || log.unanswered === 0,
        observed: `${log.sent} sent, ${log.unanswered} without an answer, ${stack.workers.restarts()} kills of the workers`,
      }),
    );
    await steps.run("The budget is the request log's", "total and bad as the people who sent them saw", async () => {
      const slo = await until(
        async () => (await api.slos()).slos.find(({ name }) => name === "api-availability"),
        (found) => found !== undefined && booksAgree(log, { total: found.total, bad: found.total - found.good }).ok,
        MINUTE_MS,
      );
      if (slo === undefined) return { ok: false, observed: "api-availability is not measured" };
      const { ok, totalOff, badOff } = booksAgree(log, { total: slo.total, bad: slo.total - slo.good });
      const observed = `log ${log.sent} requests, ${log.bad} bad; budget ${slo.total} (${signed(totalOff)}), ${slo.total - slo.good} bad (${signed(badOff)})`;
      return { ok, observed };
    });
    await steps.run("Memory is flat", `last quarter ≤ ${MOST_GROWTH} × the second`, () => {
      const trends = [seen.workers, seen.engine].filter((trend) => trend !== undefined);
      const observed = `workers ${trendText(seen.workers)}, engine ${trendText(seen.engine)}`;
      return Promise.resolve({ ok: trends.length > 0 && trends.every(({ growth }) => growth <= MOST_GROWTH), observed });
    });
    const report = steps.report();
    writeReport({ ...report, runMs, perSecond, kills: killed, cores: cpus().length, incidents: seen.incidents });
    return report.ok ? 0 : 1;
  } finally {
    await traffic.stop();
    await stack.stop();
  }
}

interface Day {
  readonly stack: Stack;
  readonly runMs: number;
  readonly kills: number;
  readonly seed: number;
}

interface SeenIncident {
  readonly name: string;
  /** Names of the expected alerts that fired from its beginning to the next one's. */
  readonly alerts: readonly string[];
}

interface Seen {
  readonly incidents: readonly SeenIncident[];
  readonly workers: MemoryTrend | undefined;
  readonly engine: MemoryTrend | undefined;
}

/** Lets the day pass, one incident after the other, while processes are killed and watched. */
async function runDay({ stack, runMs, kills, seed }: Day): Promise<Seen> {
  const ending = new AbortController();
  const startMs = performance.now();
  const say = (what: string): void => console.log(`${((performance.now() - startMs) / 1000).toFixed(0).padStart(6)} s ${what}`);
  let faults: Faults | undefined;
  const turn = async (next: Faults | undefined): Promise<void> => {
    faults = next;
    // The workers may be on their way up again.
    await until(
      () => switchFaults(stack.addresses.demo, next),
      () => true,
      2 * MINUTE_MS,
    );
  };
  const memory = watchMemory(stack, ending.signal);
  const killing = killNowAndThen({ stack, runMs, kills, seed, say, afterKill: () => turn(faults) }, ending.signal);
  const { onMs, offMs } = pauses(INCIDENTS, runMs);
  await wait(onMs + offMs);
  const incidents: SeenIncident[] = [];
  for (const incident of INCIDENTS) {
    say(incident.name);
    await turn(incident.faults);
    const during = await alertsWithin(stack, incident, onMs);
    await turn(undefined);
    const after = await alertsWithin(stack, incident, offMs);
    incidents.push({ name: incident.name, alerts: [...new Set([...during, ...after])].sort() });
  }
  await wait(onMs + offMs);
  ending.abort();
  await killing;
  const readings = await memory;
  return { incidents, workers: trendOf(readings.workers), engine: trendOf(readings.engine) };
}

/** Names of the incident's expected alerts that fire within the time. */
async function alertsWithin(stack: Stack, incident: Incident, durationMs: number): Promise<string[]> {
  const api = createEvaluatorApi(stack.addresses.evaluator);
  const found = new Set<string>();
  for (const endMs = performance.now() + durationMs; performance.now() < endMs;) {
    for (const { name, isFiring } of await api.alerts().catch(() => [])) {
      if (isFiring && incident.expects.some((prefix) => name.startsWith(prefix))) found.add(name);
    }
    await wait(READ_EVERY_MS);
  }
  return [...found];
}

interface Killing {
  readonly stack: Stack;
  readonly runMs: number;
  readonly kills: number;
  readonly seed: number;
  readonly say: (what: string) => void;
  /** The switches live in the workers' memory, so they are set again. */
  readonly afterKill: () => Promise<void>;
}

/** Kills the workers or the engine at seeded moments of the first four fifths. */
async function killNowAndThen({ stack, runMs, kills, seed, say, afterKill }: Killing, signal: AbortSignal): Promise<void> {
  const random = seededRandom(seed);
  const startMs = performance.now();
  const moments = Array.from({ length: kills }, () => random() * runMs * 0.8).sort((a, b) => a - b);
  for (const [n, atMs] of moments.entries()) {
    await wait(Math.max(0, startMs + atMs - performance.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const victim = n % 2 === 0 ? "workers" : "engine";
    say(`kill -9: ${victim}`);
    await stack[victim].kill();
    if (victim === "workers") await afterKill();
  }
}

async function watchMemory(stack: Stack, signal: AbortSignal): Promise<{ workers: number[]; engine: number[] }> {
  const readings: { workers: number[]; engine: number[] } = { workers: [], engine: [] };
  while (!signal.aborted) {
    for (const part of ["workers", "engine"] as const) {
      const bytes = groupMemoryBytes(stack[part].pid());
      if (bytes !== undefined) readings[part].push(bytes);
    }
    await wait(READ_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return readings;
}

/** Notifications for channels that have an inbox, and what the inbox holds. */
async function toldCounts(stack: Stack): Promise<{ decided: number; received: number; waiting: number }> {
  const api = createEvaluatorApi(stack.addresses.evaluator);
  const addressed = (await api.notifications()).filter(({ channel }) => channel !== "log");
  const received = (await (await fetch(`${stack.addresses.inbox}/inbox.json`)).json()) as readonly InboxMessage[];
  return {
    decided: addressed.filter(({ status }) => status === "delivered").length,
    received: received.length,
    waiting: addressed.filter(({ status }) => status === "pending").length,
  };
}

function writeReport(report: object): void {
  mkdirSync(join(ROOT, "bench/results"), { recursive: true });
  const file = join(ROOT, "bench/results/soak.json");
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...report }, undefined, 2)}\n`);
  console.log("Report: bench/results/soak.json");
}

function trendText(trend: MemoryTrend | undefined): string {
  if (trend === undefined) return "too short to tell";
  return `${trend.startMib.toFixed(0)} → ${trend.endMib.toFixed(0)} MiB (${trend.growth.toFixed(2)} ×)`;
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}
