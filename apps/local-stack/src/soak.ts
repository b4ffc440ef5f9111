// pnpm soak --minutes N: steady load, a scripted day of incidents, processes killed without notice; then the books are held against each
// other. Writes bench/results/soak.json.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setTimeout as wait } from "node:timers/promises";
import type { InboxMessage } from "./inbox/message.ts";
import { createEvaluatorApi } from "./stack/evaluator-api.ts";
import { switchFaults } from "./stack/fault-switches.ts";
import { DEFAULT_PORT_BASE } from "./stack/ports.ts";
import { startStack, type Stack } from "./stack/stack.ts";
import { createSteps } from "./smoke/report.ts";
import { until } from "./smoke/until.ts";
import { INCIDENTS, slotsOf, type Slot } from "./soak/incidents.ts";
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
    const seen = await runDay({ stack, slots: slotsOf(INCIDENTS, runMs), runMs, kills, seed });
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
  readonly slots: readonly Slot[];
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

/** Lets the day pass: switches, kills and readings at their times. */
async function runDay({ stack, slots, runMs, kills, seed }: Day): Promise<Seen> {
  const api = createEvaluatorApi(stack.addresses.evaluator);
  const random = seededRandom(seed);
  const killsMs = Array.from({ length: kills }, () => random() * runMs * 0.8).sort((a, b) => a - b);
  const alerts = slots.map(() => new Set<string>());
  const memory: { readonly workers: number[]; readonly engine: number[] } = { workers: [], engine: [] };
  const startMs = performance.now();
  let on = -1;
  for (let elapsedMs = 0; elapsedMs < runMs; elapsedMs = performance.now() - startMs) {
    const at = slots.findLastIndex(({ onMs }) => onMs <= elapsedMs);
    const slot = slots[at];
    const shouldBeOn = slot !== undefined && elapsedMs < slot.offMs ? at : -1;
    if (shouldBeOn !== on) {
      const next = slots[shouldBeOn]?.incident;
      console.log(`  ${clockText(elapsedMs)} ${next === undefined ? "mended" : next.name}`);
      await until(
        () => switchFaults(stack.addresses.demo, next?.faults),
        () => true,
        MINUTE_MS,
      );
      on = shouldBeOn;
    }
    if (killsMs[0] !== undefined && killsMs[0] <= elapsedMs) {
      killsMs.shift();
      const victim = random() < 0.5 ? "workers" : "engine";
      console.log(`  ${clockText(elapsedMs)} kill -9: ${victim}`);
      await stack[victim].kill();
      // The switches live in the workers' memory.
      const faults = slots[on]?.incident.faults;
      if (faults !== undefined)
        await until(
          () => switchFaults(stack.addresses.demo, faults),
          () => true,
          MINUTE_MS,
        );
    }
    const firing = await api.alerts().catch(() => []);
    for (const { name, isFiring } of firing) {
      if (isFiring && slot?.incident.expects.some((prefix) => name.startsWith(prefix))) alerts[at]?.add(name);
    }
    for (const part of ["workers", "engine"] as const) {
      const bytes = groupMemoryBytes(stack[part].pid());
      if (bytes !== undefined) memory[part].push(bytes);
    }
    await wait(READ_EVERY_MS);
  }
  return {
    incidents: slots.map(({ incident }, n) => ({ name: incident.name, alerts: [...(alerts[n] ?? [])].sort() })),
    workers: trendOf(memory.workers),
    engine: trendOf(memory.engine),
  };
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

function clockText(elapsedMs: number): string {
  return `${(elapsedMs / 1000).toFixed(0)} s`.padStart(6);
}
