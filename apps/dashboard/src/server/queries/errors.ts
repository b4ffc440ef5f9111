import type { Kind, Query } from "@monotask/telemetry";
import type { Filters, StepRange } from "@monotask/panels";

/** Groups of one bug, the most frequent first; at most this many. */
const MOST_GROUPS = 100;

/** Error groups of the range with their trend: one row for each fingerprint and step. */
export function errorTrendQuery(range: StepRange, filters: Filters): Query<"error"> {
  return {
    ...seen(countOf("error", range, filters)),
    groupBy: {
      fingerprint: { by: "field", field: "fingerprint" },
      errorName: { by: "field", field: "errorName" },
      severity: { by: "field", field: "severity" },
      step: { by: "time", seconds: range.stepSeconds },
    },
  };
}

/** Where and in which version each group shows, with a sample message. */
export function errorPlacesQuery(range: StepRange, filters: Filters): Query<"error"> {
  return {
    ...countOf("error", range, filters),
    groupBy: {
      fingerprint: { by: "field", field: "fingerprint" },
      workerName: { by: "field", field: "workerName" },
      endpoint: { by: "field", field: "endpoint" },
      version: { by: "field", field: "version" },
      message: { by: "field", field: "message" },
    },
    orderBy: [{ column: "events", direction: "desc" }],
    limit: MOST_GROUPS * 10,
  };
}

/** Samples of one group, newest first: stack, message, request. */
export function errorSampleQuery(fingerprint: string, range: StepRange, filters: Filters): Query<"error"> {
  const { where, ...head } = countOf("error", range, filters);
  return {
    ...head,
    where: [...where, { op: "=", field: "fingerprint", value: fingerprint }],
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

/** Versions on the time axis: when each was first and last seen answering requests. */
export function versionsQuery(range: StepRange, filters: Filters): Query<"request"> {
  return {
    ...countOf("request", range, filters),
    groupBy: {
      workerName: { by: "field", field: "workerName" },
      version: { by: "field", field: "version" },
      step: { by: "time", seconds: range.stepSeconds },
    },
  };
}

type Head<K extends Kind> = Pick<Query<K>, "kinds" | "fromMs" | "toMs" | "select"> & {
  readonly where: readonly Narrowing[];
};

/** How many events of a kind there were in a range, of what the viewer narrowed to: the head of every query here. */
function countOf<K extends Kind>(kind: K, { fromMs, toMs }: StepRange, filters: Filters): Head<K> {
  return { kinds: [kind], fromMs, toMs, where: conditionsOf(filters), select: { events: { measure: "count" } } };
}

/** The same, with the seconds of the first and last point of each group. */
function seen<K extends Kind>(head: Head<K>): Head<K> {
  return { ...head, select: { ...head.select, firstSecond: { measure: "first" }, lastSecond: { measure: "last" } } };
}

type FilterField = keyof Filters;

interface Narrowing {
  readonly op: "=";
  readonly field: FilterField;
  readonly value: string;
}

function conditionsOf(filters: Filters): Narrowing[] {
  const fields: readonly FilterField[] = ["workerName", "environment", "version", "endpoint"];
  return fields.flatMap((field) => {
    const value = filters[field];
    return value === undefined ? [] : [{ op: "=", field, value }];
  });
}
