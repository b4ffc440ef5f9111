import { blob, double } from "./columns.ts";
export { SCHEMA_VERSION } from "./version.ts";
import type { BlobColumn, DoubleColumn } from "./columns.ts";

/** Versions that readers understand: every one written in the last 93 days. */
export const READABLE_VERSIONS: readonly number[] = [1];

type Columns = Readonly<Record<string, BlobColumn | DoubleColumn>>;

/** Columns of every kind. Positions 1–5 and doubles 1–4 are given by the product specification. */
export const fixedColumns = {
  requestId: blob(1, "id of the request (cf-ray where there is one)"),
  workerName: blob(2, "worker that wrote the point"),
  endpoint: blob(3, "route pattern such as /api/tasks/:id; never a raw path"),
  method: blob(4, "HTTP method"),
  statusCode: blob(5, "HTTP status as three digits"),
  kind: blob(6, "kind of the point"),
  schemaVersion: blob(7, "version of this schema"),
  version: blob(8, "deployed version of the worker"),
  environment: blob(9, "production, staging, …"),
  team: blob(10, "owner of the worker"),
  durationMs: double(1, "ms", "wall time"),
  dbQueryTimeMs: double(2, "ms", "time in the database, overlapping calls counted once"),
  externalApiTimeMs: double(3, "ms", "time in calls to other services, overlapping calls counted once"),
  queueProcessingTimeMs: double(4, "ms", "time in a queue consumer"),
  sampleWeight: double(5, "weight", "how many events the point stands for before Analytics Engine samples"),
} as const satisfies Columns;

/** What a request and a job used, in the same places, so that one query reads both. */
const resourceColumns = {
  dbQueryCount: double(6, "count", "database queries"),
  externalCallCount: double(7, "count", "calls to other services"),
  dbQueryTimeSumMs: double(8, "ms", "time in the database, overlapping calls added up"),
  externalApiTimeSumMs: double(9, "ms", "time in other services, overlapping calls added up"),
  dbRowsRead: double(10, "count", "database rows read"),
  dbRowsWritten: double(11, "count", "database rows written"),
  kvReads: double(12, "count", "KV reads"),
  kvHits: double(13, "count", "KV reads that found a value"),
  kvWrites: double(14, "count", "KV writes"),
  r2ClassA: double(15, "count", "R2 class A operations"),
  r2ClassB: double(16, "count", "R2 class B operations"),
  queueSends: double(17, "count", "queue messages sent"),
  dbErrorCount: double(18, "count", "database queries that failed"),
  dbSlowCount: double(19, "count", "database queries of 50 ms or longer"),
  dbVerySlowCount: double(20, "count", "database queries of 100 ms or longer"),
} as const satisfies Columns;

/** Columns of each kind beyond the fixed ones: a new field is one line here. */
export const kindColumns = {
  request: {
    outcome: blob(11, "ok, client_error, error, exception or client_disconnect"),
    kept: blob(12, "why the point was kept: sampled, error, slow or critical"),
    colo: blob(13, "Cloudflare location"),
    ...resourceColumns,
  },
  job: {
    outcome: blob(11, "ok or exception"),
    kept: blob(12, "why the point was kept: sampled, error, slow or critical"),
    event: blob(13, "what ran: scheduled, email, tail, alarm, rpc, websocket or workflow"),
    ...resourceColumns,
  },
  error: {
    errorName: blob(11, "class of the error"),
    errorCode: blob(12, "code of the error"),
    severity: blob(13, "critical, warning or info"),
    category: blob(14, "what part of the system failed"),
    fingerprint: blob(15, "group of the same bug"),
    message: blob(16, "scrubbed message"),
    stack: blob(17, "scrubbed stack trace"),
    operation: blob(18, "what was being done"),
  },
  queue: {
    queue: blob(11, "queue name"),
    outcome: blob(12, "ok, retried, dead or failed"),
    batchSize: double(6, "count", "messages in the batch"),
    okCount: double(7, "count", "messages acknowledged"),
    retriedCount: double(8, "count", "messages retried"),
    deadCount: double(9, "count", "messages on their way to the dead letter queue"),
    oldestMessageAgeMs: double(10, "ms", "age of the oldest message"),
    fingerprint: blob(13, "group of the bug that most failed messages of the batch share"),
    processingP50Ms: double(11, "ms", "time of one message, median of the batch"),
    processingP95Ms: double(12, "ms", "time of one message, 95th percentile of the batch"),
    processingMaxMs: double(13, "ms", "time of the slowest message of the batch"),
    slowCount: double(14, "count", "messages that took longer than the queue's objective"),
    maxAttempts: double(15, "count", "deliveries of the message that was delivered most often"),
    poisonCount: double(16, "count", "messages put aside as poison, part of deadCount"),
    backlogCount: double(17, "count", "messages waiting when the batch was delivered"),
    backlogBytes: double(18, "bytes", "bytes waiting when the batch was delivered"),
    backlogAgeMs: double(19, "ms", "age of the oldest message waiting when the batch was delivered"),
  },
  sandbox: {
    sandboxId: blob(11, "sandbox"),
    event: blob(12, "acquired, refused, provisioned, executed, stuck, destroyed, orphan or ghost"),
    exitReason: blob(13, "why it ended"),
    outcome: blob(14, "ok, failed, timeout or refused"),
    pool: blob(15, "pool that the sandbox takes a place of"),
    owner: blob(16, "task or job that uses the sandbox"),
    provisionMs: double(6, "ms", "time to provision"),
    execMs: double(7, "ms", "time executing"),
    waitMs: double(8, "ms", "time waited for a place in the pool"),
    idleMs: double(9, "ms", "time ready and unused"),
    lifetimeMs: double(10, "ms", "time from taking the place to giving it back"),
    activeCount: double(11, "count", "places of the pool that are taken"),
    capacity: double(12, "count", "places of the pool"),
    waitingCount: double(13, "count", "callers that wait for a place"),
    attempt: double(14, "count", "which attempt it was, from 1"),
    exitCode: double(15, "any", "exit code of the process, where the platform gives one"),
    cpuMs: double(16, "ms", "CPU time, where the platform gives it"),
    memoryBytes: double(17, "bytes", "memory, where the platform gives it"),
  },
  external: {
    host: blob(11, "host called"),
    outcome: blob(12, "ok, error or timeout"),
  },
  invocation: {
    eventType: blob(11, "fetch, queue, scheduled, …"),
    outcome: blob(12, "ok, exception, exceededCpu, exceededMemory, canceled, …"),
    errorName: blob(13, "class of the first uncaught exception"),
    fingerprint: blob(14, "group of the first uncaught exception"),
    entrypoint: blob(15, "class that was called, empty for the default export"),
    cpuMs: double(6, "ms", "CPU time"),
    exceptionCount: double(7, "count", "uncaught exceptions"),
    errorLogCount: double(8, "count", "log lines of level error"),
    warnLogCount: double(9, "count", "log lines of level warn"),
    infoLogCount: double(10, "count", "log lines of any other level"),
  },
  gauge: {
    name: blob(11, "gauge name"),
    subject: blob(12, "what is measured: a queue, a pool"),
    value: double(6, "any", "value now"),
  },
  probe: {
    name: blob(11, "probe name"),
    outcome: blob(12, "ok or failed"),
  },
  custom: {
    name: blob(11, "metric name"),
    unit: blob(12, "unit given by the caller"),
    dimension1: blob(13, "first dimension, key=value"),
    dimension2: blob(14, "second dimension"),
    dimension3: blob(15, "third dimension"),
    dimension4: blob(16, "fourth dimension"),
    dimension5: blob(17, "fifth dimension"),
    dimension6: blob(18, "sixth dimension"),
    dimension7: blob(19, "seventh dimension"),
    dimension8: blob(20, "eighth dimension"),
    value: double(6, "any", "value"),
  },
  alert: {
    rule: blob(11, "alert rule"),
    severity: blob(12, "critical, warning or info"),
    event: blob(13, "fired, resolved, told"),
  },
} as const satisfies Readonly<Record<string, Columns>>;

export type Kind = keyof typeof kindColumns;

export const KINDS: readonly Kind[] = Object.keys(kindColumns).filter((name): name is Kind => name in kindColumns);

type ValuesOf<C extends Columns> = { [F in keyof C]?: C[F] extends BlobColumn ? string : number };

/** What a caller may say of a point of one kind; identity, version and weight are added by the writer. */
export type PointFields<K extends Kind> = ValuesOf<(typeof kindColumns)[K]> &
  Omit<ValuesOf<typeof fixedColumns>, "kind" | "schemaVersion">;

export type FixedField = keyof typeof fixedColumns;

/** Names of the fields that points of a kind have. */
export type FieldOf<K extends Kind> = FixedField | (K extends Kind ? Extract<keyof (typeof kindColumns)[K], string> : never);

/** The column of a field, or undefined where the kind has no such field. */
export function columnOf(kind: Kind, field: string): BlobColumn | DoubleColumn | undefined {
  const own: Columns = kindColumns[kind];
  const fixed: Columns = fixedColumns;
  if (Object.hasOwn(fixed, field)) return fixed[field];
  return Object.hasOwn(own, field) ? own[field] : undefined;
}

/** The specification's tag names for fixed fields, for people who type queries. */
export const fieldAliases: Readonly<Record<string, FixedField>> = {
  worker: "workerName",
  status: "statusCode",
  duration: "durationMs",
};
