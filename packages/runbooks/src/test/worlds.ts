import { encodePoint } from "@monotask/telemetry";
import type { Kind, PointFields } from "@monotask/telemetry";

export const NOW: number = Date.UTC(2026, 10, 24, 12);

/** A point as the local Analytics Engine takes it. */
export type TimedPoint = ReturnType<typeof encodePoint> & { readonly timestamp: number };

/** Points of one kind, ten seconds apart, the newest a minute ago. */
function many<K extends Kind>(kind: K, count: number, fields: PointFields<K>): TimedPoint[] {
  return Array.from({ length: count }, (_, at) => ({
    ...encodePoint(kind, { workerName: "api", environment: "production", team: "platform", version: "v1", ...fields }),
    timestamp: NOW - 60_000 - at * 10_000,
  }));
}

const OK = { statusCode: "200", outcome: "ok" } as const;

/** An hour without a fault: every kind speaks, nothing is wrong. */
function healthy(): TimedPoint[] {
  return [
    ...many("request", 100, {
      ...OK,
      endpoint: "/api/tasks",
      method: "GET",
      durationMs: 60,
      dbQueryCount: 2,
      dbQueryTimeMs: 12,
      dbQueryTimeSumMs: 12,
      dbRowsRead: 40,
      kvReads: 2,
      kvHits: 2,
      externalApiTimeMs: 20,
    }),
    ...many("request", 50, {
      ...OK,
      endpoint: "/api/tasks",
      method: "POST",
      durationMs: 70,
      dbQueryCount: 2,
      dbQueryTimeMs: 14,
      dbQueryTimeSumMs: 14,
      dbRowsRead: 2,
      dbRowsWritten: 1,
    }),
    ...many("external", 60, { host: "api.github.com", outcome: "ok", durationMs: 120 }),
    ...many("invocation", 100, { eventType: "fetch", outcome: "ok", cpuMs: 4, durationMs: 60 }),
    ...many("queue", 30, {
      queue: "agent-jobs",
      outcome: "ok",
      batchSize: 10,
      okCount: 10,
      processingP95Ms: 400,
      processingMaxMs: 600,
      maxAttempts: 1,
      backlogCount: 3,
      backlogAgeMs: 2_000,
      durationMs: 500,
      dbQueryTimeMs: 50,
    }),
    ...many("gauge", 30, { name: "queue_depth", subject: "agent-jobs", value: 3 }),
    ...many("gauge", 30, { name: "sandbox_active", subject: "agents", value: 4 }),
    ...(["acquired", "provisioned", "executed", "destroyed"] as const).flatMap((event) =>
      many("sandbox", 20, {
        event,
        outcome: event === "executed" ? "ok" : "",
        pool: "agents",
        owner: "task-1",
        sandboxId: "sb-1",
        provisionMs: 700,
        execMs: 5_000,
        activeCount: 4,
        capacity: 20,
        attempt: 1,
      }),
    ),
  ];
}

const BROKEN_DEPLOY: TimedPoint[] = [
  ...many("request", 60, {
    statusCode: "500",
    outcome: "error",
    endpoint: "/api/tasks",
    method: "POST",
    version: "3f2a",
    durationMs: 30,
    dbQueryCount: 1,
  }),
  ...many("error", 60, {
    severity: "critical",
    category: "database",
    errorName: "Error",
    message: "D1_ERROR: no such column: priority",
    fingerprint: "fp-column",
    endpoint: "/api/tasks",
    method: "POST",
    version: "3f2a",
  }),
  ...many("error", 6, {
    severity: "critical",
    category: "unknown",
    errorName: "TypeError",
    message: "undefined is not a function",
    fingerprint: "fp-type",
    endpoint: "/api/x",
    method: "GET",
    version: "3f2a",
  }),
];

const UPSTREAM_DOWN: TimedPoint[] = [
  ...many("external", 200, { host: "api.anthropic.com", outcome: "error", durationMs: 30_000 }),
  ...many("external", 20, { host: "api.anthropic.com", outcome: "timeout", durationMs: 30_000 }),
  ...many("error", 40, {
    severity: "warning",
    category: "external-api",
    errorName: "FetchError",
    message: "api.anthropic.com answered 529",
    fingerprint: "fp-claude",
    endpoint: "/api/agents/:id/execute",
    method: "POST",
  }),
];

const RATE_LIMITED = many("request", 80, {
  statusCode: "429",
  outcome: "client_error",
  endpoint: "/api/projects",
  method: "GET",
  durationMs: 2,
});
const UPSTREAM_LIMITS = many("external", 40, { host: "api.github.com", outcome: "error", statusCode: "429", durationMs: 90 });
const TYPE_ERROR = many("error", 40, {
  severity: "critical",
  category: "unknown",
  errorName: "TypeError",
  message: "Cannot read properties of undefined (reading 'id')",
  fingerprint: "fp-type",
  endpoint: "/api/tasks",
  method: "GET",
  version: "9c1d",
});

const QUEUE_FULL: TimedPoint[] = [
  ...many("gauge", 60, { name: "queue_depth", subject: "agent-jobs", value: 740 }),
  ...many("queue", 20, {
    queue: "agent-jobs",
    outcome: "ok",
    batchSize: 10,
    okCount: 10,
    processingP95Ms: 9_000,
    processingMaxMs: 14_000,
    slowCount: 8,
    maxAttempts: 1,
    backlogCount: 740,
    backlogAgeMs: 900_000,
    durationMs: 60_000,
    dbQueryTimeMs: 300,
  }),
];

const QUEUE_POISON: TimedPoint[] = [
  ...many("queue", 30, {
    queue: "agent-jobs",
    outcome: "dead",
    batchSize: 10,
    okCount: 2,
    retriedCount: 6,
    deadCount: 2,
    poisonCount: 1,
    maxAttempts: 4,
    fingerprint: "fp-poison",
    backlogCount: 180,
    backlogAgeMs: 600_000,
    durationMs: 3_000,
  }),
  ...many("error", 30, {
    severity: "critical",
    category: "queue",
    errorName: "SyntaxError",
    message: "Unexpected token in job body",
    fingerprint: "fp-poison",
  }),
];

const TABLE_SCAN = many("request", 60, {
  ...OK,
  endpoint: "/api/projects/:id/tasks",
  method: "GET",
  version: "7b0e",
  durationMs: 420,
  dbQueryCount: 1,
  dbQueryTimeMs: 380,
  dbQueryTimeSumMs: 380,
  dbRowsRead: 48_000,
  dbSlowCount: 1,
  dbVerySlowCount: 1,
  kvReads: 1,
});
const N_PLUS_ONE = many("request", 60, {
  ...OK,
  endpoint: "/api/projects",
  method: "GET",
  durationMs: 300,
  dbQueryCount: 61,
  dbQueryTimeMs: 240,
  dbQueryTimeSumMs: 240,
  dbRowsRead: 61,
});
const WRITE_LOCK: TimedPoint[] = [
  ...many("request", 60, {
    ...OK,
    endpoint: "/api/import",
    method: "POST",
    durationMs: 2_000,
    dbQueryCount: 4,
    dbQueryTimeMs: 1_900,
    dbQueryTimeSumMs: 1_900,
    dbRowsWritten: 5_000,
    dbVerySlowCount: 2,
    dbErrorCount: 1,
  }),
  ...many("error", 20, {
    severity: "critical",
    category: "database",
    errorName: "Error",
    message: "D1_ERROR: database is locked",
    fingerprint: "fp-lock",
    endpoint: "/api/import",
    method: "POST",
  }),
];

const CPU_KILLED: TimedPoint[] = [
  ...many("invocation", 40, { eventType: "fetch", outcome: "exceededCpu", cpuMs: 30_000, durationMs: 30_100, version: "5e5e" }),
  ...many("request", 40, {
    statusCode: "200",
    outcome: "ok",
    endpoint: "/api/reports/:id",
    method: "GET",
    durationMs: 2_400,
    dbQueryTimeMs: 100,
    externalApiTimeMs: 0,
    version: "5e5e",
  }),
];
const UPSTREAM_SLOW: TimedPoint[] = [
  ...many("request", 60, {
    statusCode: "504",
    outcome: "error",
    endpoint: "/api/agents/:id/execute",
    method: "POST",
    durationMs: 30_000,
    externalApiTimeMs: 29_000,
  }),
  ...many("external", 60, { host: "api.anthropic.com", outcome: "timeout", durationMs: 29_000 }),
  ...many("invocation", 60, { eventType: "fetch", outcome: "exceededWallTime", cpuMs: 6, durationMs: 30_000 }),
  ...many("error", 60, {
    severity: "warning",
    category: "timeout",
    errorName: "TimeoutError",
    message: "api.anthropic.com gave no answer within 29 s",
    fingerprint: "fp-timeout",
    endpoint: "/api/agents/:id/execute",
    operation: "agent execution",
  }),
];

const SANDBOX_LOOP: TimedPoint[] = [
  ...many("gauge", 60, { name: "sandbox_active", subject: "agents", value: 24 }),
  ...many("sandbox", 60, {
    event: "acquired",
    pool: "agents",
    owner: "task-loop",
    sandboxId: "sb-9",
    activeCount: 24,
    capacity: 24,
    waitingCount: 7,
    waitMs: 90_000,
  }),
  ...many("sandbox", 60, {
    event: "provisioned",
    pool: "agents",
    owner: "task-loop",
    sandboxId: "sb-9",
    provisionMs: 6_400,
    activeCount: 24,
    capacity: 24,
  }),
  ...many("sandbox", 40, {
    event: "executed",
    outcome: "timeout",
    pool: "agents",
    owner: "task-loop",
    sandboxId: "sb-9",
    execMs: 600_000,
    attempt: 3,
    activeCount: 24,
    capacity: 24,
  }),
  ...many("sandbox", 10, {
    event: "stuck",
    pool: "agents",
    owner: "task-loop",
    sandboxId: "sb-9",
    lifetimeMs: 1_800_000,
    activeCount: 24,
    capacity: 24,
  }),
  ...many("sandbox", 12, {
    event: "refused",
    outcome: "refused",
    pool: "agents",
    owner: "task-2",
    activeCount: 24,
    capacity: 24,
    waitingCount: 7,
    waitMs: 90_000,
  }),
  ...many("sandbox", 5, { event: "orphan", pool: "agents", owner: "task-3", sandboxId: "sb-4", activeCount: 24, capacity: 24 }),
];
const NOISY_RULE = [
  ...many("alert", 30, { rule: "queue-depth-warning", severity: "warning", event: "fired" }),
  ...many("alert", 30, { rule: "queue-depth-warning", severity: "warning", event: "told" }),
  ...many("alert", 2, { rule: "error-rate-warning", severity: "warning", event: "fired" }),
];

export type WorldName =
  | "healthy"
  | "broken_deploy"
  | "upstream_down"
  | "rate_limited"
  | "upstream_limits"
  | "type_error"
  | "queue_full"
  | "queue_poison"
  | "table_scan"
  | "n_plus_one"
  | "write_lock"
  | "cpu_killed"
  | "upstream_slow"
  | "sandbox_loop"
  | "noisy_rule";

/** Each world is the healthy hour with one fault switched on. */
export const WORLDS: Readonly<Record<WorldName, readonly TimedPoint[]>> = {
  healthy: healthy(),
  broken_deploy: [...healthy(), ...BROKEN_DEPLOY],
  upstream_down: [...healthy(), ...UPSTREAM_DOWN],
  rate_limited: [...healthy(), ...RATE_LIMITED],
  upstream_limits: [...healthy(), ...UPSTREAM_LIMITS],
  type_error: [...healthy(), ...TYPE_ERROR],
  queue_full: [...healthy(), ...QUEUE_FULL],
  queue_poison: [...healthy(), ...QUEUE_POISON],
  table_scan: [...healthy(), ...TABLE_SCAN],
  n_plus_one: [...healthy(), ...N_PLUS_ONE],
  write_lock: [...healthy(), ...WRITE_LOCK],
  cpu_killed: [...healthy(), ...CPU_KILLED],
  upstream_slow: [...healthy(), ...UPSTREAM_SLOW],
  sandbox_loop: [...healthy(), ...SANDBOX_LOOP],
  noisy_rule: [...healthy(), ...NOISY_RULE],
};
