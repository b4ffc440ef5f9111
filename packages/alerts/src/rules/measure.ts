import { defineQuery, type Query, type Row } from "@monotask/telemetry";
import type { MinuteCell } from "./cell.ts";
import { lookBackMinutes, type Rule } from "./rule.ts";

const MINUTE_MS = 60_000;

/** Kinds of points that rules are measured from. */
const KINDS = ["request", "gauge", "sandbox", "error", "invocation"] as const;
type RuleKind = (typeof KINDS)[number];

/** Gauges that rules read, by the name they are written under. */
const GAUGE_FIELDS: Readonly<Record<string, "queueDepth" | "sandboxesActive">> = {
  queue_depth: "queueDepth",
  sandbox_active: "sandboxesActive",
};

/** Ends of invocations that took too long; the request wrote no point of its own. */
const OUT_OF_TIME = ["exceededCpu", "exceededWallTime"];

/**
 * One query for all rules, whatever their number: counts by minute, worker, route and duration, back to the oldest minute that a rule needs.
 * @param minute the newest closed minute
 */
export function rulesQuery(rules: readonly Rule[], minute: number): Query<RuleKind> {
  const minutesBack = Math.max(1, ...rules.map(lookBackMinutes));
  const thresholds = thresholdsOf(rules);
  return defineQuery({
    kinds: KINDS,
    fromMs: (minute - minutesBack + 1) * MINUTE_MS,
    toMs: (minute + 1) * MINUTE_MS,
    groupBy: {
      minuteSeconds: { by: "time", seconds: 60 },
      pointKind: { by: "field", field: "kind" },
      worker: { by: "field", field: "workerName" },
      environmentName: { by: "field", field: "environment" },
      teamName: { by: "field", field: "team" },
      route: { by: "field of kind", fields: { request: "endpoint" } },
      subject: { by: "field of kind", fields: { gauge: "subject", sandbox: "pool", error: "category" } },
      gauge: { by: "field of kind", fields: { gauge: "name" } },
      ...(thresholds.length > 0
        ? { band: { by: "bucket of kind", buckets: { request: { field: "durationMs", thresholds } } } as const }
        : {}),
    },
    select: {
      points: { measure: "count" },
      failed: { measure: "count", kind: "request", where: { op: ">=", field: "statusCode", value: "500" } },
      thrown: { measure: "count", kind: "request", where: thrownWithoutStatus },
      gatewayTimeouts: { measure: "count", kind: "request", where: { op: "=", field: "statusCode", value: "504" } },
      timeoutErrors: { measure: "count", kind: "error", where: timeoutWithoutStatus },
      killed: { measure: "count", kind: "invocation", where: { op: "in", field: "outcome", values: OUT_OF_TIME } },
      queries: { measure: "sum", kind: "request", field: "dbQueryCount" },
      failedQueries: { measure: "sum", kind: "request", field: "dbErrorCount" },
      slowQueries: { measure: "sum", kind: "request", field: "dbSlowCount" },
      verySlowQueries: { measure: "sum", kind: "request", field: "dbVerySlowCount" },
      executions: { measure: "count", kind: "sandbox", where: { op: "=", field: "event", value: "executed" } },
      executionTimeouts: { measure: "count", kind: "sandbox", where: timedOutExecution },
      reading: { measure: "max", kind: "gauge", field: "value" },
      ...statusCounts(rules),
    },
  });
}

/** A throw that no status was set for. */
const thrownWithoutStatus = {
  op: "and",
  conditions: [
    { op: "=", field: "outcome", value: "exception" },
    { op: "<", field: "statusCode", value: "500" },
  ],
} as const;

/** A request that was answered with 504 has its own count. */
const timeoutWithoutStatus = {
  op: "and",
  conditions: [
    { op: "=", field: "category", value: "timeout" },
    { op: "!=", field: "statusCode", value: "504" },
  ],
} as const;

const timedOutExecution = {
  op: "and",
  conditions: [
    { op: "=", field: "event", value: "executed" },
    { op: "=", field: "outcome", value: "timeout" },
  ],
} as const;

function statusCounts(rules: readonly Rule[]): Query<RuleKind>["select"] {
  const statuses = new Set(rules.flatMap(({ orStatus }) => orStatus?.status ?? []));
  return Object.fromEntries(
    [...statuses].map((status) => [
      `status${status}`,
      { measure: "count", kind: "request", where: { op: "=", field: "statusCode", value: String(status) } } as const,
    ]),
  );
}

/** Durations at which requests are counted apart, ms, ascending. */
function thresholdsOf(rules: readonly Rule[]): number[] {
  const wanted = rules.flatMap(({ measure, limit }) => (measure === "latency" && limit.kind === "percentile" ? [limit.ms] : []));
  return [...new Set(wanted)].sort((a, b) => a - b);
}

/** The cells of an answer to `rulesQuery` for the same rules. */
export function cellsFromRows(rules: readonly Rule[], rows: readonly Row[]): MinuteCell[] {
  const thresholds = thresholdsOf(rules);
  return rows.map((row) => {
    const number = (name: string): number => (typeof row[name] === "number" && Number.isFinite(row[name]) ? row[name] : 0);
    const text = (name: string): string => (typeof row[name] === "string" ? row[name] : "");
    const place = {
      minute: Math.floor(number("minuteSeconds") / 60),
      worker: text("worker"),
      environment: text("environmentName"),
      team: text("teamName"),
      endpoint: text("route"),
      subject: text("subject"),
    };
    switch (text("pointKind")) {
      case "request":
        return {
          ...place,
          requests: number("points"),
          errors: number("failed") + number("thrown"),
          timeouts: number("gatewayTimeouts"),
          fromMs: thresholds[number("band") - 1] ?? 0,
          statuses: statusesOf(rules, number),
          queries: number("queries"),
          failedQueries: number("failedQueries"),
          slowQueries: number("slowQueries"),
          verySlowQueries: number("verySlowQueries"),
        };
      case "error":
        return { ...place, errorCount: number("points"), timeouts: number("timeoutErrors") };
      case "invocation":
        return { ...place, timeouts: number("killed") };
      case "sandbox":
        return { ...place, executions: number("executions"), executionTimeouts: number("executionTimeouts") };
      default: {
        const field = GAUGE_FIELDS[text("gauge")];
        return field ? { ...place, [field]: number("reading") } : place;
      }
    }
  });
}

function statusesOf(rules: readonly Rule[], number: (name: string) => number): Record<number, number> {
  return Object.fromEntries(
    rules.flatMap(({ orStatus }) => (orStatus ? [[orStatus.status, number(`status${orStatus.status}`)]] : [])),
  );
}
