import { setTimeout as wait } from "node:timers/promises";
import { until } from "../smoke/until.ts";
import { createEvaluatorApi } from "../stack/evaluator-api.ts";
import { switchFaults } from "../stack/fault-switches.ts";
import type { Stack } from "../stack/stack.ts";
import { seededRandom } from "@monotask/analytics-engine-local";
import type { Traffic } from "../traffic/traffic.ts";
import { INCIDENTS, pauses, type Faults, type Incident } from "./incidents.ts";
import { groupMemoryBytes, trendOf, type MemoryTrend } from "./memory.ts";
import { answeredBook, type Outage } from "./request-log.ts";

export interface Day {
  readonly stack: Stack;
  readonly traffic: Traffic;
  readonly runMs: number;
  readonly kills: number;
  readonly seed: number;
}

export interface SeenIncident {
  readonly name: string;
  /** Names of the alerts that fired from its beginning to the next one's. */
  readonly alerts: readonly string[];
  /** Expected ones that did not, and `not …` for those that fired where nothing may. */
  readonly missed: readonly string[];
}

export interface Seen {
  readonly incidents: readonly SeenIncident[];
  /** When the workers were killed. */
  readonly outages: readonly Outage[];
  readonly workers: MemoryTrend | undefined;
  readonly engine: MemoryTrend | undefined;
}

/** Real time in which a killed part was not up. A restart takes seconds, which are many minutes of the compressed day: incidents wait. */
interface Down {
  ms: number;
}

type Say = (what: string) => void;

const READ_EVERY_MS = 1_000;
/** The workers may be on their way up again. */
const PATIENCE_MS = 120_000;
/** A point is written after its answer, and is on its way to the engine for a moment. */
const HANDOVER_MS = 2_000;

/** Lets the day pass, one incident after the other, while processes are killed and watched. */
export async function runDay(day: Day): Promise<Seen> {
  const { stack, runMs } = day;
  const ending = new AbortController();
  const startMs = performance.now();
  const say: Say = (what) => console.log(`${((performance.now() - startMs) / 1000).toFixed(0).padStart(6)} s ${what}`);
  let faults: Faults | undefined;
  const turn = async (next: Faults | undefined): Promise<void> => {
    faults = next;
    await until(
      () => switchFaults(stack.addresses.demo, next),
      () => true,
      PATIENCE_MS,
    );
  };
  const memory = watchMemory(stack, ending.signal);
  const down: Down = { ms: 0 };
  const killing = killNowAndThen(day, { say, down, setFaultsAgain: () => turn(faults) }, ending.signal);
  const { onMs, offMs } = pauses(INCIDENTS, runMs);
  await wait(onMs + offMs);
  const incidents: SeenIncident[] = [];
  for (const incident of INCIDENTS) {
    say(incident.name);
    const before = await firingAlerts(stack);
    await turn(incident.faults);
    const during = await alertsWithin(stack, { before, durationMs: onMs, down });
    await turn(undefined);
    const after = await alertsWithin(stack, { before, durationMs: offMs, down });
    incidents.push(seenOf(incident, new Set([...during, ...after])));
    say(`  ${incidents.at(-1)?.alerts.join(", ") ?? ""}`);
  }
  await wait(onMs + offMs);
  ending.abort();
  const outages = await killing;
  const readings = await memory;
  return { incidents, outages, workers: trendOf(readings.workers), engine: trendOf(readings.engine) };
}

function seenOf({ name, expects }: Incident, alerts: ReadonlySet<string>): SeenIncident {
  const fired = [...alerts].sort();
  const unexpected = expects.length === 0 ? fired.map((alert) => `not ${alert}`) : [];
  return { name, alerts: fired, missed: [...unexpected, ...expects.filter((expected) => !alerts.has(expected))] };
}

interface Watch {
  /** What fired already is not the incident's own. */
  readonly before: ReadonlyMap<string, string>;
  /** Real time, without what is down. */
  readonly durationMs: number;
  readonly down: Down;
}

/** Names of the alerts that fire within the time. */
async function alertsWithin(stack: Stack, { before, durationMs, down }: Watch): Promise<Set<string>> {
  const found = new Set<string>();
  const upMs = (): number => performance.now() - down.ms;
  for (const endMs = upMs() + durationMs; upMs() < endMs;) {
    for (const [key, name] of await firingAlerts(stack)) if (!before.has(key)) found.add(name);
    await wait(READ_EVERY_MS);
  }
  return found;
}

/** Names of what fires now, by name and beginning; nothing where the evaluator does not answer just now. */
async function firingAlerts(stack: Stack): Promise<Map<string, string>> {
  const alerts = await createEvaluatorApi(stack.addresses.evaluator)
    .alerts()
    .catch(() => []);
  return new Map(alerts.flatMap(({ name, isFiring, startsAtMs }) => (isFiring ? [[`${name} ${startsAtMs}`, name]] : [])));
}

/**
 * Kills the workers or the engine at seeded moments of the first four fifths. The switches live in the workers' memory, so they are set
 * again.
 */
async function killNowAndThen(
  day: Day,
  { say, down, setFaultsAgain }: { say: Say; down: Down; setFaultsAgain: () => Promise<void> },
  signal: AbortSignal,
): Promise<Outage[]> {
  const { stack, traffic, runMs, kills, seed } = day;
  const random = seededRandom(seed);
  const startMs = performance.now();
  const moments = Array.from({ length: kills }, () => random() * runMs * 0.8).sort((a, b) => a - b);
  const outages: Outage[] = [];
  for (const [n, atMs] of moments.entries()) {
    await wait(Math.max(0, startMs + atMs - HANDOVER_MS - performance.now()), undefined, { signal }).catch(() => undefined);
    const earlier = answeredBook(traffic.counts());
    await wait(HANDOVER_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const victim = n % 2 === 0 ? "workers" : "engine";
    say(`kill -9: ${victim}`);
    const fromMs = Date.now();
    const answered = answeredBook(traffic.counts());
    await stack[victim].kill();
    if (victim === "workers") await setFaultsAgain();
    const toMs = Date.now();
    down.ms += toMs - fromMs;
    if (victim === "engine") continue;
    const justAnswered = { total: answered.total - earlier.total, bad: answered.bad - earlier.bad };
    outages.push({ fromMs, toMs, justAnswered });
  }
  return outages;
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
