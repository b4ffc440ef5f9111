import { encodePoint, type Kind, type PointFields } from "@monotask/telemetry";
import type { Random } from "../traffic/random.ts";
import { momentAt, type Moment } from "./story.ts";

/** Stands in the request id of every invented point, so that they can be told from measured ones and left out of a query. */
export const SYNTHETIC = "synthetic";
export const HISTORY_DAYS = 30;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WORKER = "monotask-demo";

interface Route {
  readonly endpoint: string;
  readonly method: string;
  /** Requests a second at the mean load. */
  readonly perSecond: number;
  readonly durationMs: number;
  readonly queries: number;
  readonly reads: number;
  readonly host?: string;
}

const ROUTES: readonly Route[] = [
  { endpoint: "/api/tasks", method: "GET", perSecond: 2.4, durationMs: 38, queries: 1, reads: 1 },
  { endpoint: "/api/tasks/:id", method: "GET", perSecond: 3.1, durationMs: 24, queries: 1, reads: 2 },
  { endpoint: "/api/tasks", method: "POST", perSecond: 0.6, durationMs: 62, queries: 3, reads: 0 },
  { endpoint: "/api/tasks/:id/transitions", method: "POST", perSecond: 0.7, durationMs: 55, queries: 2, reads: 0 },
  { endpoint: "/api/projects", method: "GET", perSecond: 0.9, durationMs: 31, queries: 1, reads: 1 },
  {
    endpoint: "/api/projects/:id/repository",
    method: "GET",
    perSecond: 0.3,
    durationMs: 140,
    queries: 1,
    reads: 1,
    host: "api.github.com",
  },
];

export interface TimedPoint {
  readonly indexes: string[];
  readonly blobs: string[];
  readonly doubles: number[];
  /** Epoch ms. */
  readonly timestamp: number;
}

/** Length of the slot that one set of points stands for: finer towards the end, where shorter ranges look. */
function slotMs(ageMs: number): number {
  return ageMs <= 6 * 60 * MINUTE_MS ? MINUTE_MS : ageMs <= DAY_MS ? 5 * MINUTE_MS : 15 * MINUTE_MS;
}

/**
 * The invented month before `endMs`, oldest first: points of all kinds that the dashboard reads, each standing for many events by its
 * weight. The same for the same seed.
 * @param density points of each route in a slot; 3 makes about a hundred thousand points
 */
export function* historyPoints(endMs: number, random: Random, density = 3): Generator<TimedPoint> {
  const startMs = Math.floor((endMs - HISTORY_DAYS * DAY_MS) / DAY_MS) * DAY_MS;
  for (let atMs = startMs; atMs < endMs; atMs += slotMs(endMs - atMs)) {
    const length = Math.min(slotMs(endMs - atMs), endMs - atMs);
    yield* slotPoints({ atMs, lengthMs: length, moment: momentAt(atMs, endMs - atMs), random, density });
  }
}

interface Slot {
  readonly atMs: number;
  readonly lengthMs: number;
  readonly moment: Moment;
  readonly random: Random;
  readonly density: number;
}

function* slotPoints(slot: Slot): Generator<TimedPoint> {
  const { moment, lengthMs, random, density } = slot;
  const seconds = lengthMs / 1_000;
  for (const route of ROUTES) {
    const events = Math.max(1, Math.round(route.perSecond * moment.load * seconds));
    const failed = binomial(events, moment.failing, random);
    const kept = Math.min(density, Math.max(1, events - failed));
    for (let at = 0; at < kept; at += 1) yield requestPoint(slot, route, weightOf(events - failed, kept, at), "ok");
    if (failed > 0) yield* failurePoints(slot, route, failed);
    if (route.host !== undefined) yield externalPoint(slot, route.host, events);
  }
  yield externalPoint(slot, "api.anthropic.com", Math.max(1, Math.round(0.08 * seconds)));
  yield* workPoints(slot);
}

function requestPoint(slot: Slot, route: Route, weight: number, outcome: "ok" | "error"): TimedPoint {
  const { moment, random } = slot;
  const database = route.queries * lognormal(5, 0.5, random) * moment.slowDatabase;
  const hits = Math.round(route.reads * (random() < 0.91 ? 1 : 0));
  return point(slot, "request", {
    endpoint: route.endpoint,
    method: route.method,
    statusCode: outcome === "ok" ? "200" : "500",
    outcome,
    kept: outcome === "ok" ? "sampled" : "error",
    durationMs: lognormal(route.durationMs, 0.55, random) + database,
    dbQueryCount: route.queries,
    dbQueryTimeMs: database,
    dbRowsRead: route.queries * 14,
    dbRowsWritten: route.method === "POST" ? route.queries : 0,
    kvReads: route.reads,
    kvHits: hits,
    kvWrites: route.reads - hits,
    r2ClassA: route.method === "POST" ? 0.2 : 0,
    r2ClassB: route.endpoint === "/api/tasks/:id" ? 1 : 0,
    sampleWeight: weight,
  });
}

function* failurePoints(slot: Slot, route: Route, failed: number): Generator<TimedPoint> {
  yield requestPoint(slot, route, failed, "error");
  const isBroken = slot.moment.failing > 0.01;
  yield point(slot, "error", {
    endpoint: route.endpoint,
    method: route.method,
    errorName: isBroken ? "D1_ERROR" : "TimeoutError",
    severity: isBroken ? "critical" : "warning",
    category: isBroken ? "database" : "external-api",
    fingerprint: isBroken ? "5d1e0c0a7b3f9a21" : "9b27c4e8f0135d6e",
    message: isBroken ? "no such column: priority" : "GitHub did not answer within 5000 ms",
    stack: isBroken
      ? "D1_ERROR: no such column: priority\n    at createTask (src/routes/tasks.ts:41:18)\n    at dispatch (hono/compose.ts:22:9)"
      : "TimeoutError: GitHub did not answer within 5000 ms\n    at fetchRepository (src/github.ts:27:11)",
    operation: `${route.method} ${route.endpoint}`,
    sampleWeight: failed,
  });
}

function externalPoint(slot: Slot, host: string, weight: number): TimedPoint {
  const typical = host === "api.github.com" ? 120 : 1_900;
  return point(slot, "external", { host, outcome: "ok", durationMs: lognormal(typical, 0.4, slot.random), sampleWeight: weight });
}

/** Queue, sandboxes, CPU and the gauges of one slot. */
function* workPoints(slot: Slot): Generator<TimedPoint> {
  const { moment, random, lengthMs } = slot;
  const messages = Math.max(1, Math.round((lengthMs / 1_000) * 0.12 * moment.load));
  const retried = moment.backlog > 50 ? Math.ceil(messages / 9) : random() < 0.12 ? 1 : 0;
  yield point(slot, "queue", {
    queue: "agent-jobs",
    outcome: "ok",
    batchSize: messages + retried,
    okCount: messages,
    retriedCount: retried,
    deadCount: moment.backlog > 100 && random() < 0.05 ? 1 : 0,
    queueProcessingTimeMs: lognormal(1_100, 0.6, random),
  });
  yield point(slot, "gauge", { name: "queue_depth", subject: "agent-jobs", value: moment.backlog });
  yield point(slot, "gauge", { name: "dead_letters_unresolved", subject: "agent-jobs", value: moment.deadLetters });
  yield point(slot, "gauge", {
    name: "worker.memory.p50",
    subject: WORKER,
    value: Math.round((31 + 9 * moment.load + 3 * random()) * 2 ** 20),
  });
  yield* platformPoints(slot);
  const active = Math.min(18, Math.round(2 + 5 * moment.load + 2 * random()));
  const capacity = 25;
  yield point(slot, "gauge", { name: "sandbox_active", subject: "agents", value: active });
  yield point(slot, "gauge", { name: "sandbox_capacity", subject: "agents", value: capacity });
  const places = { pool: "agents", activeCount: active, capacity };
  yield point(slot, "sandbox", { ...places, event: "provisioned", outcome: "ok", provisionMs: lognormal(880, 0.35, random) });
  yield point(slot, "sandbox", {
    ...places,
    event: "executed",
    outcome: random() < 0.008 ? "timeout" : "ok",
    execMs: lognormal(14_000, 0.5, random),
    cpuMs: lognormal(900, 0.4, random),
    memoryBytes: Math.round((180 + 60 * random()) * 2 ** 20),
    sampleWeight: Math.max(1, Math.round(messages / 2)),
  });
  yield point(slot, "invocation", { eventType: "fetch", outcome: "ok", cpuMs: lognormal(3.4, 0.4, random), sampleWeight: 40 });
  yield point(slot, "invocation", {
    workerName: "monotask-evaluator",
    eventType: "scheduled",
    outcome: "ok",
    cpuMs: lognormal(9, 0.3, random),
  });
}

/** What Cloudflare's own analytics would say of the slot: one reading stands for all its operations. */
function* platformPoints(slot: Slot): Generator<TimedPoint> {
  const { moment, random, lengthMs } = slot;
  const requests = (moment.load * 8 * lengthMs) / 1_000;
  const readings: readonly (readonly [name: string, subject: string, value: number])[] = [
    ["worker.cpu.p50", WORKER, lognormal(3.1, 0.1, random)],
    ["worker.cpu.p99", WORKER, lognormal(11, 0.2, random)],
    ["d1.readQueries", "monotask-demo", Math.round(requests * 1.1)],
    ["d1.writeQueries", "monotask-demo", Math.round(requests * 0.3)],
    ["d1.rowsRead", "monotask-demo", Math.round(requests * 16)],
    ["d1.rowsWritten", "monotask-demo", Math.round(requests * 0.4)],
    ["kv.read", "monotask-cache", Math.round(requests * 1.2)],
    ["kv.write", "monotask-cache", Math.round(requests * 0.1)],
    ["r2.GetObject", "monotask-artifacts", Math.round(requests * 0.4)],
    ["r2.PutObject", "monotask-artifacts", Math.round(requests * 0.03)],
  ];
  for (const [name, subject, value] of readings) yield point(slot, "gauge", { name, subject, value });
}

function point<K extends Kind>(slot: Slot, kind: K, fields: PointFields<K>): TimedPoint {
  const identity = {
    requestId: SYNTHETIC,
    workerName: WORKER,
    version: slot.moment.version,
    environment: "production",
    team: "platform",
    sampleWeight: 1,
  };
  const timestamp = slot.atMs + Math.floor((slot.random() * slot.lengthMs) / 1_000) * 1_000;
  return { ...encodePoint(kind, { ...identity, ...fields }), timestamp };
}

/** `total` shared out over `parts`, so that their weights add up to it. */
function weightOf(total: number, parts: number, at: number): number {
  return Math.max(1, Math.floor(total / parts) + (at < total % parts ? 1 : 0));
}

function lognormal(median: number, sigma: number, random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(sigma * normal);
}

/** How many of `events` fail: exact for few, by its mean and spread for many. */
function binomial(events: number, share: number, random: Random): number {
  const mean = events * share;
  if (mean > 30) return Math.round(mean + (random() - 0.5) * Math.sqrt(mean));
  // Poisson (Knuth): right for rare failures.
  const limit = Math.exp(-mean);
  let [count, product] = [0, random()];
  while (product > limit) [count, product] = [count + 1, product * random()];
  return count;
}
