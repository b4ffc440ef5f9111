import { defineQuery, READABLE_VERSIONS } from "@monotask/telemetry";
import type { Condition, FieldOf, GroupBy, Query } from "@monotask/telemetry";
import { MINUTE_MS } from "../model/cell.ts";
import { FILTER_FIELDS } from "../model/slo.ts";
import type { FilterField, Slo } from "../model/slo.ts";

type RequestField = FieldOf<"request">;

/** Names in specifications → names in the telemetry schema. */
const FIELD_NAMES: Readonly<Record<FilterField, RequestField>> = {
  worker: "workerName",
  environment: "environment",
  endpoint: "endpoint",
  method: "method",
};

/** Of these a query leaves out what no SLO asks for; other routes of the same worker stay, because they prove that it was measured. */
const NARROWING_FIELDS: readonly FilterField[] = ["worker", "environment"];

/** The measured stretch, epoch milliseconds; `toMs` is not included. */
export interface MeasurementRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * One query for all SLOs, whatever their number: rows of counts and variances per minute, per filter field that any SLO uses, per status,
 * outcome, latency bucket and schema version. Both ends are cut down to whole minutes, so that no minute is measured in part.
 * Points of unknown schema versions come along, to be reported (`unknownVersions`) and not counted.
 */
export function measurementQuery(slos: readonly Slo[], range: MeasurementRange): Query<"request"> {
  const thresholds = latencyThresholds(slos);
  const fields = filterFields(slos).map((field): [string, GroupBy<RequestField>] => [
    field,
    { by: "field", field: FIELD_NAMES[field] },
  ]);
  const bucket: GroupBy<RequestField> = { by: "bucket", field: "durationMs", thresholds };
  const groupBy: Record<string, GroupBy<RequestField>> = {
    minute: { by: "time", seconds: 60 },
    ...Object.fromEntries(fields),
    status: { by: "field", field: "statusCode" },
    outcome: { by: "field", field: "outcome" },
    schemaVersion: { by: "field", field: "schemaVersion" },
    ...(thresholds.length > 0 ? { bucket } : {}),
  };
  const where = narrowing(slos);
  return defineQuery<"request">({
    kinds: ["request"],
    fromMs: Math.floor(range.fromMs / MINUTE_MS) * MINUTE_MS,
    toMs: Math.floor(range.toMs / MINUTE_MS) * MINUTE_MS,
    anySchemaVersion: true,
    ...(where === undefined ? {} : { where: [where] }),
    groupBy,
    select: { events: { measure: "count" }, variance: { measure: "variance" } },
  });
}

/** The thresholds of all latency SLOs, ascending, each once: bucket n holds durations at or above n of them. */
export function latencyThresholds(slos: readonly Slo[]): number[] {
  const thresholds = slos.flatMap(({ indicator: { good } }) => (good.kind === "latency" ? [good.thresholdMs] : []));
  return [...new Set(thresholds)].sort((a, b) => a - b);
}

/** The fields that any SLO filters by. */
export function filterFields(slos: readonly Slo[]): FilterField[] {
  return FILTER_FIELDS.filter((field) => slos.some((slo) => slo.indicator.filter[field] !== undefined));
}

function narrowing(slos: readonly Slo[]): Condition<RequestField> | undefined {
  const conditions = NARROWING_FIELDS.flatMap((field): Condition<RequestField>[] => {
    const wanted = slos.map((slo) => slo.indicator.filter[field]);
    if (wanted.length === 0 || wanted.includes(undefined)) return [];
    const values = [...new Set(wanted.flatMap((list) => list ?? []))].sort();
    return [{ op: "in", field: FIELD_NAMES[field], values }];
  });
  if (conditions.length === 0) return undefined;
  // A newer schema may have moved these columns: its points must not slip through the filter unreported.
  const newer: Condition<RequestField> = { op: "not in", field: "schemaVersion", values: READABLE_VERSIONS.map(String) };
  return { op: "or", conditions: [newer, { op: "and", conditions }] };
}
