import { defineQuery, READABLE_VERSIONS } from "@monotask/telemetry";
import type { Buckets, Condition, FieldOf, GroupBy, Kind, Measure, Query } from "@monotask/telemetry";
import { MINUTE_MS } from "../model/cell.ts";
import type { IndicatorKind, Slo } from "../model/slo.ts";

/** Kinds of points that are read; each column that the query names is the same in all of them, or named kind by kind. */
type Field = FieldOf<"request">;

/** The points that hold the events of an indicator kind. */
const POINTS_OF: Readonly<Record<IndicatorKind, Kind>> = {
  request: "request",
  database: "request",
  queue: "queue",
  sandbox: "sandbox",
  external: "external",
  probe: "probe",
  custom: "custom",
};

/** Ends of an invocation that wrote no request point, because the platform killed it. */
export const KILLED_OUTCOMES = ["exceededCpu", "exceededMemory", "exceededWallTime"] as const;

/** Fields that only some SLOs filter by: a query groups by them when one does. */
const OPTIONAL_FIELDS = ["endpoint", "method"] as const;

/** What each kind is about. */
const SUBJECTS = { queue: "queue", sandbox: "pool", external: "host", probe: "name", custom: "name" } as const;
const OUTCOMES = {
  request: "outcome",
  queue: "outcome",
  sandbox: "outcome",
  external: "outcome",
  probe: "outcome",
  invocation: "outcome",
} as const;

/** Messages that came to an end: retried ones come again. */
const MESSAGES = { queue: ["okCount", "deadCount"] } as const;

/** Figures beside the number of events, and the SLOs that need them. */
const FIGURES = {
  okMessages: { fields: { queue: ["okCount"] }, kind: "queue" },
  slowMessages: { fields: { queue: ["slowCount"] }, kind: "queue" },
  deliveries: { fields: { queue: ["okCount", "deadCount", "retriedCount"] }, kind: "queue" },
  retriedMessages: { fields: { queue: ["retriedCount"] }, kind: "queue" },
  queries: { fields: { request: ["dbQueryCount"] }, kind: "database" },
  failedQueries: { fields: { request: ["dbErrorCount"] }, kind: "database" },
  slowQueries: { fields: { request: ["dbSlowCount"] }, kind: "database" },
  verySlowQueries: { fields: { request: ["dbVerySlowCount"] }, kind: "database" },
} as const;
export type Figure = keyof typeof FIGURES;
export const FIGURE_NAMES: readonly Figure[] = [
  "okMessages",
  "slowMessages",
  "deliveries",
  "retriedMessages",
  "queries",
  "failedQueries",
  "slowQueries",
  "verySlowQueries",
];

/** The measured stretch, epoch milliseconds; `toMs` is not included. */
export interface MeasurementRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * One query for all SLOs, whatever their number and kinds: rows of counts and variances per minute, kind, worker, version, outcome and
 * whatever fields any SLO asks for. Both ends are cut down to whole minutes, so that no minute is measured in part. Points of unknown
 * schema versions come along, to be reported (`unknownVersions`) and not counted.
 */
export function measurementQuery(slos: readonly Slo[], range: MeasurementRange): Query {
  const kinds = pointKinds(slos);
  const buckets = latencyBuckets(slos);
  const optional = OPTIONAL_FIELDS.filter((field) => slos.some((slo) => slo.indicator.filter[field] !== undefined));
  const groupBy: Record<string, GroupBy<Field>> = {
    minute: { by: "time", seconds: 60 },
    kind: { by: "field", field: "kind" },
    worker: { by: "field", field: "workerName" },
    environment: { by: "field", field: "environment" },
    version: { by: "field", field: "version" },
    ...Object.fromEntries(optional.map((field): [string, GroupBy<Field>] => [field, { by: "field", field }])),
    status: { by: "field", field: "statusCode" },
    outcome: { by: "field of kind", fields: onlyOf(OUTCOMES, kinds) },
    ...(isAnyOf(SUBJECTS, kinds) ? { subject: { by: "field of kind", fields: onlyOf(SUBJECTS, kinds) } } : {}),
    ...(kinds.includes("sandbox") ? { event: { by: "field of kind", fields: { sandbox: "event" } } } : {}),
    schemaVersion: { by: "field", field: "schemaVersion" },
    ...(Object.keys(buckets).length > 0 ? { bucket: { by: "bucket of kind", buckets } } : {}),
    ...executionBucket(slos),
  };
  const query: Query = {
    kinds,
    fromMs: Math.floor(range.fromMs / MINUTE_MS) * MINUTE_MS,
    toMs: Math.floor(range.toMs / MINUTE_MS) * MINUTE_MS,
    anySchemaVersion: true,
    where: [narrowing(slos, kinds)],
    groupBy,
    select: measures(slos, kinds),
  };
  return defineQuery(query);
}

/** Kinds of points that a query over these SLOs reads. Requests are always read: they prove that a worker was measured. */
export function pointKinds(slos: readonly Slo[]): Kind[] {
  const needed = new Set<Kind>(["request", ...slos.map((slo) => POINTS_OF[slo.indicator.kind])]);
  // A probe that succeeded proves an idle worker alive, and a kill is a failed request that could not write its point.
  return [...needed, ...(needed.has("probe") ? [] : (["probe"] as const)), "invocation"];
}

/** The thresholds of all latency SLOs on one kind of points, ascending, each once: bucket n holds durations at or above n of them. */
export function thresholdsOf(slos: readonly Slo[], kind: IndicatorKind): number[] {
  const thresholds = slos.flatMap(({ indicator }) =>
    indicator.kind === kind && indicator.good.kind === "latency" ? [indicator.good.thresholdMs] : [],
  );
  return [...new Set(thresholds)].sort((a, b) => a - b);
}

const THRESHOLDS = new WeakMap<readonly Slo[], Readonly<Record<IndicatorKind, readonly number[]>>>();

/** The thresholds of every kind, worked out once per list. */
export function thresholdsOfKinds(slos: readonly Slo[]): Readonly<Record<IndicatorKind, readonly number[]>> {
  const known = THRESHOLDS.get(slos);
  if (known !== undefined) return known;
  const of = (kind: IndicatorKind): readonly number[] => thresholdsOf(slos, kind);
  const fresh = {
    request: of("request"),
    database: of("database"),
    queue: of("queue"),
    sandbox: of("sandbox"),
    external: of("external"),
    probe: of("probe"),
    custom: of("custom"),
  };
  THRESHOLDS.set(slos, fresh);
  return fresh;
}

function latencyBuckets(slos: readonly Slo[]): Partial<Record<Kind, Buckets>> {
  const fields = {
    request: "durationMs",
    external: "durationMs",
    probe: "durationMs",
    custom: "value",
  } as const;
  const buckets: Partial<Record<Kind, Buckets>> = {};
  for (const kind of ["request", "external", "probe", "custom"] as const) {
    const thresholds = thresholdsOf(slos, kind);
    if (thresholds.length > 0) buckets[kind] = { field: fields[kind], thresholds };
  }
  if (thresholdsOf(slos, "sandbox").length > 0)
    buckets.sandbox = { field: "provisionMs", thresholds: thresholdsOf(slos, "sandbox") };
  return buckets;
}

/** Executions of a sandbox have a duration of their own beside its provisioning. */
function executionBucket(slos: readonly Slo[]): Record<string, GroupBy<Field>> {
  const thresholds = thresholdsOf(slos, "sandbox");
  if (thresholds.length === 0) return {};
  return { execBucket: { by: "bucket of kind", buckets: { sandbox: { field: "execMs", thresholds } } } };
}

function measures(slos: readonly Slo[], kinds: readonly Kind[]): Record<string, Measure<Field>> {
  const messages = kinds.includes("queue") ? MESSAGES : {};
  const figures = FIGURE_NAMES.filter((name) => slos.some((slo) => needs(slo, name)));
  return {
    events: { measure: "events", fields: messages },
    variance: { measure: "events variance", fields: messages },
    ...Object.fromEntries(
      figures.flatMap((name): [string, Measure<Field>][] => {
        const { fields } = FIGURES[name];
        return [
          [name, { measure: "events", fields }],
          [`${name}Variance`, { measure: "events variance", fields }],
        ];
      }),
    ),
  };
}

/** Deliveries are counted only where somebody asks how many of them were retries. */
function needs({ indicator: { kind, good } }: Slo, figure: Figure): boolean {
  const isOfRetries = figure === "deliveries" || figure === "retriedMessages";
  return kind === FIGURES[figure].kind && isOfRetries === (good.kind === "no-retry");
}

function onlyOf<T>(of: Readonly<Partial<Record<Kind, T>>>, kinds: readonly Kind[]): Partial<Record<Kind, T>> {
  return Object.fromEntries(kinds.flatMap((kind) => (of[kind] === undefined ? [] : [[kind, of[kind]]])));
}

function isAnyOf(of: Readonly<Partial<Record<Kind, unknown>>>, kinds: readonly Kind[]): boolean {
  return kinds.some((kind) => of[kind] !== undefined);
}

/** Leaves out what no SLO asks for; other routes of the same worker stay, because they prove that it was measured. */
function narrowing(slos: readonly Slo[], kinds: readonly Kind[]): Condition<Field> {
  const places = (["worker", "environment"] as const).flatMap((field): Condition<Field>[] => {
    const wanted = slos.map((slo) => slo.indicator.filter[field]);
    if (wanted.length === 0 || wanted.includes(undefined)) return [];
    const values = [...new Set(wanted.flatMap((list) => list ?? []))].sort();
    return [{ op: "in", field: field === "worker" ? "workerName" : field, values }];
  });
  const whole: Condition<Field> = {
    op: "in",
    field: "kind",
    values: kinds.filter((kind) => kind !== "invocation" && kind !== "custom"),
  };
  const killed: Condition<Field> = {
    op: "of kind",
    kind: "invocation",
    where: [
      { op: "=", field: "eventType", value: "fetch" },
      { op: "in", field: "outcome", values: [...KILLED_OUTCOMES] },
    ],
  };
  const parts: Condition<Field>[] = [whole, killed, ...metricsOf(slos)];
  // A newer schema may have moved these columns: its points must not slip through the filter unreported.
  const newer: Condition<Field> = { op: "not in", field: "schemaVersion", values: READABLE_VERSIONS.map(String) };
  return { op: "or", conditions: [newer, { op: "and", conditions: [...places, { op: "or", conditions: parts }] }] };
}

/** Custom metrics are read only by the names that SLOs ask for. */
function metricsOf(slos: readonly Slo[]): Condition<Field>[] {
  const custom = slos.filter((slo) => slo.indicator.kind === "custom").map((slo) => slo.indicator.filter.subject);
  if (custom.length === 0) return [];
  if (custom.includes(undefined)) return [{ op: "of kind", kind: "custom", where: [] }];
  const values = [...new Set(custom.flatMap((list) => list ?? []))].sort();
  return [{ op: "of kind", kind: "custom", where: [{ op: "in", field: "name", values }] }];
}
