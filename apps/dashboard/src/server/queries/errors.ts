import type { Condition, FieldOf, Kind, Query } from "@monotask/telemetry";
import type { Filters, StepRange } from "@monotask/panels";
import { countOf } from "./counts.ts";
import type { Head } from "./counts.ts";

/** Groups of one bug that are shown, the most frequent first. */
export const MOST_GROUPS = 100;
/** Groups that are counted beyond those: a storm of fingerprints is told as "900 more". */
export const MOST_COUNTED = 1_000;
/** Routes, workers and versions of all shown groups together. */
const MOST_PLACES = 5_000;

/** Error groups of the range, the most frequent first: one row for each, with its newest name and message. */
export function errorGroupsQuery(range: StepRange, filters: Filters, fingerprint?: string): Query<"error"> {
  const { where, select, ...head } = seen(countOf("error", range, filters));
  return {
    ...head,
    where: [...where, ...(fingerprint === undefined ? [] : [isOneOf([fingerprint])])],
    groupBy: { fingerprint: { by: "field", field: "fingerprint" } },
    select: {
      ...select,
      errorName: { measure: "newest", field: "errorName" },
      message: { measure: "newest", field: "message" },
    },
    orderBy: [{ column: "events", direction: "desc" }],
    limit: MOST_COUNTED,
  };
}

/** How often each of these groups showed in each step, by severity. */
export function errorTrendQuery(fingerprints: readonly string[], range: StepRange, filters: Filters): Query<"error"> {
  const { where, ...head } = countOf("error", range, filters);
  return {
    ...head,
    where: [...where, isOneOf(fingerprints)],
    groupBy: {
      fingerprint: { by: "field", field: "fingerprint" },
      severity: { by: "field", field: "severity" },
      step: { by: "time", seconds: range.stepSeconds },
    },
  };
}

/** Where and in which version each of these groups shows. Messages are left out: with an id in each, they would be too many rows. */
export function errorPlacesQuery(fingerprints: readonly string[], range: StepRange, filters: Filters): Query<"error"> {
  const { where, ...head } = countOf("error", range, filters);
  return {
    ...head,
    where: [...where, isOneOf(fingerprints)],
    groupBy: {
      fingerprint: { by: "field", field: "fingerprint" },
      workerName: { by: "field", field: "workerName" },
      endpoint: { by: "field", field: "endpoint" },
      version: { by: "field", field: "version" },
    },
    orderBy: [{ column: "events", direction: "desc" }],
    limit: MOST_PLACES,
  };
}

/** Samples of one group, newest first: stack, message, request. */
export function errorSampleQuery(fingerprint: string, range: StepRange, filters: Filters): Query<"error"> {
  const { where, ...head } = countOf("error", range, filters);
  return {
    ...head,
    where: [...where, isOneOf([fingerprint])],
    groupBy: {
      stack: { by: "field", field: "stack" },
      message: { by: "field", field: "message" },
      requestId: { by: "field", field: "requestId" },
      operation: { by: "field", field: "operation" },
      category: { by: "field", field: "category" },
      second: { by: "time", seconds: 1 },
    },
    orderBy: [{ column: "second", direction: "desc" }],
    limit: 20,
  };
}

/** When a group was first and last seen in each version, as far back as its points go. */
export function errorLifeQuery(fingerprint: string, range: StepRange, filters: Filters): Query<"error"> {
  const { where, ...head } = seen(countOf("error", range, filters));
  return {
    ...head,
    where: [...where, isOneOf([fingerprint])],
    groupBy: { version: { by: "field", field: "version" } },
  };
}

function isOneOf(fingerprints: readonly string[]): Condition<FieldOf<"error">> {
  return { op: "in", field: "fingerprint", values: fingerprints };
}

/** The same, with the seconds of the first and last point of each group. */
function seen<K extends Kind>(head: Head<K>): Head<K> {
  return { ...head, select: { ...head.select, firstSecond: { measure: "first" }, lastSecond: { measure: "last" } } };
}
