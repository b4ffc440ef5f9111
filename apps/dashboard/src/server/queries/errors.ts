import type { Query } from "@monotask/telemetry";
import type { Filters, StepRange } from "@monotask/panels";

/** Groups of one bug, the most frequent first; at most this many. */
const MOST_GROUPS = 100;

/** Error groups of the range with their trend: one row for each fingerprint and step. */
export function errorTrendQuery(range: StepRange, filters: Filters): Query<"error"> {
  return {
    kinds: ["error"],
    fromMs: range.fromMs,
    toMs: range.toMs,
    where: conditionsOf(filters),
    groupBy: {
      fingerprint: { by: "field", field: "fingerprint" },
      errorName: { by: "field", field: "errorName" },
      severity: { by: "field", field: "severity" },
      step: { by: "time", seconds: range.stepSeconds },
    },
    select: { events: { measure: "count" } },
  };
}

/** Where and in which version each group shows, with a sample message. */
export function errorPlacesQuery(range: StepRange, filters: Filters): Query<"error"> {
  return {
    kinds: ["error"],
    fromMs: range.fromMs,
    toMs: range.toMs,
    where: conditionsOf(filters),
    groupBy: {
      fingerprint: { by: "field", field: "fingerprint" },
      workerName: { by: "field", field: "workerName" },
      endpoint: { by: "field", field: "endpoint" },
      version: { by: "field", field: "version" },
      message: { by: "field", field: "message" },
    },
    select: { events: { measure: "count" } },
    orderBy: [{ column: "events", direction: "desc" }],
    limit: MOST_GROUPS * 10,
  };
}

/** Samples of one group, newest last: stack, message, request. */
export function errorSampleQuery(fingerprint: string, range: StepRange): Query<"error"> {
  return {
    kinds: ["error"],
    fromMs: range.fromMs,
    toMs: range.toMs,
    where: [{ op: "=", field: "fingerprint", value: fingerprint }],
    groupBy: {
      stack: { by: "field", field: "stack" },
      message: { by: "field", field: "message" },
      requestId: { by: "field", field: "requestId" },
      operation: { by: "field", field: "operation" },
      category: { by: "field", field: "category" },
      second: { by: "time", seconds: 1 },
    },
    select: { events: { measure: "count" } },
    orderBy: [{ column: "second", direction: "desc" }],
    limit: 20,
  };
}

/** Versions on the time axis: when each was first and last seen answering requests. */
export function versionsQuery(range: StepRange, filters: Filters): Query<"request"> {
  return {
    kinds: ["request"],
    fromMs: range.fromMs,
    toMs: range.toMs,
    where: conditionsOf(filters),
    groupBy: {
      workerName: { by: "field", field: "workerName" },
      version: { by: "field", field: "version" },
      step: { by: "time", seconds: range.stepSeconds },
    },
    select: { events: { measure: "count" } },
  };
}

type FilterField = keyof Filters;

function conditionsOf(filters: Filters): { op: "="; field: FilterField; value: string }[] {
  const fields: readonly FilterField[] = ["workerName", "environment", "version", "endpoint"];
  return fields.flatMap((field) => {
    const value = filters[field];
    return value === undefined ? [] : [{ op: "=", field, value }];
  });
}
