import type { Kind, Query } from "@monotask/telemetry";
import type { Filters, StepRange } from "@monotask/panels";
import { countOf } from "./counts.ts";
import type { Head } from "./counts.ts";

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

/** When a group was first and last seen in each version, as far back as its points go. */
export function errorLifeQuery(fingerprint: string, range: StepRange, filters: Filters): Query<"error"> {
  const { where, ...head } = seen(countOf("error", range, filters));
  return {
    ...head,
    where: [...where, { op: "=", field: "fingerprint", value: fingerprint }],
    groupBy: { version: { by: "field", field: "version" } },
  };
}

/** The same, with the seconds of the first and last point of each group. */
function seen<K extends Kind>(head: Head<K>): Head<K> {
  return { ...head, select: { ...head.select, firstSecond: { measure: "first" }, lastSecond: { measure: "last" } } };
}
