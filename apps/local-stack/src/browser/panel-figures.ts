/** What each panel of the shipped dashboard must show, in SQL written by hand: no code of the dashboard has a part in it. */
export interface PanelFigures {
  readonly section: string;
  readonly panel: string;
  /** Rows of `name` and `n`; the name as the page writes it, the figure unrounded. */
  readonly sql: (range: SqlRange) => string;
}

/** Conditions on time, ready to stand after WHERE. */
export interface SqlRange {
  /** The whole range of 24 h. */
  readonly all: string;
  /** Its newest step of 10 min. */
  readonly newest: string;
  readonly seconds: number;
}

const W = "_sample_interval * double5";
const FROM = "FROM monotask";

function one(section: string, panel: string, sql: (range: SqlRange) => string): PanelFigures {
  return { section, panel, sql };
}

function quantile(q: number, field: string): string {
  return `quantileExactWeighted(${q})(${field}, toUInt32(${W}))`;
}

/** Operations by minute, one row for each label: `sum` of a double, by its position. */
function operations(range: SqlRange, columns: readonly (readonly [label: string, position: number])[]): string {
  const sums = columns.map(([label, position]) => `sum(${W} * double${position}) / ${range.seconds} * 60 AS ${label}`).join(", ");
  return `SELECT ${sums} ${FROM} WHERE blob6 = 'request' AND ${range.all}`;
}

function perMinute({ seconds }: SqlRange): string {
  return `sum(double6) / ${seconds} * 60`;
}

/** Readings of the platform's gauges whose names are `like`, one row for each gauge and subject. */
function gauges(word: string, figure: string, like: string, range: SqlRange): string {
  return `SELECT format('{} · {}', ${word}, blob12) AS name, ${figure} AS n ${FROM} WHERE blob6 = 'gauge' AND blob11 LIKE '${like}' AND ${range.all} GROUP BY name`;
}

export const PANEL_FIGURES: readonly PanelFigures[] = [
  one("worker-health", "uptime", (r) => `SELECT '' AS name, 1 - sumIf(${W}, blob11 = 'error' OR blob11 = 'exception') / sum(${W}) AS n ${FROM} WHERE blob6 = 'request' AND ${r.all}`),
  one("worker-health", "request-rate", (r) => `SELECT '' AS name, sum(${W}) / ${r.seconds} AS n ${FROM} WHERE blob6 = 'request' AND ${r.all}`),
  one("worker-health", "active-requests", (r) => `SELECT '' AS name, sum(${W} * double1) / 600000 AS n ${FROM} WHERE blob6 = 'request' AND ${r.newest}`),
  one("worker-health", "error-ratio", (r) => `SELECT '' AS name, sumIf(${W}, blob11 = 'error' OR blob11 = 'exception') / sum(${W}) AS n ${FROM} WHERE blob6 = 'request' AND ${r.all}`),
  one("worker-health", "error-rate", (r) => `SELECT format('{} · {}', blob2, blob13) AS name, sum(${W}) / ${r.seconds} * 60 AS n ${FROM} WHERE blob6 = 'error' AND ${r.all} GROUP BY name`),
  one("worker-health", "requests-by-worker", (r) => `SELECT blob2 AS name, sum(${W}) / ${r.seconds} AS n ${FROM} WHERE blob6 = 'request' AND ${r.all} GROUP BY name`),
  one("queue-metrics", "queue-depth", (r) => `SELECT blob12 AS name, max(double6) AS n ${FROM} WHERE blob6 = 'gauge' AND blob11 = 'queue_depth' AND ${r.newest} GROUP BY name`),
  one("queue-metrics", "queue-rate", (r) => `SELECT blob11 AS name, sum(${W} * double7) / ${r.seconds} AS n ${FROM} WHERE blob6 = 'queue' AND ${r.all} GROUP BY name`),
  one("queue-metrics", "queue-time", (r) => `SELECT 'all' AS name, sum(${W}) AS n ${FROM} WHERE blob6 = 'queue' AND ${r.all}`),
  one("queue-metrics", "dlq-count", (r) => `SELECT blob12 AS name, max(double6) AS n ${FROM} WHERE blob6 = 'gauge' AND blob11 = 'dead_letters_unresolved' AND ${r.newest} GROUP BY name`),
  one("queue-metrics", "retry-rate", (r) => `SELECT blob11 AS name, sum(${W} * double8) / sum(${W} * (double7 + double8 + double9)) AS n ${FROM} WHERE blob6 = 'queue' AND ${r.all} GROUP BY name`),
  one("performance", "latency-by-endpoint", (r) => `SELECT blob3 AS name, ${quantile(0.5, "double1")} AS a, ${quantile(0.95, "double1")} AS b, ${quantile(0.99, "double1")} AS c ${FROM} WHERE blob6 = 'request' AND ${r.newest} GROUP BY name`),
  one("performance", "latency-p95", (r) => `SELECT blob3 AS name, ${quantile(0.95, "double1")} AS n ${FROM} WHERE blob6 = 'request' AND ${r.newest} GROUP BY name`),
  one("performance", "d1-time", (r) => `SELECT blob3 AS name, sum(${W} * double2) / sum(${W}) AS a ${FROM} WHERE blob6 = 'request' AND double6 > 0 AND ${r.all} GROUP BY name`),
  one("performance", "external-latency", (r) => `SELECT blob11 AS name, ${quantile(0.95, "double1")} AS n ${FROM} WHERE blob6 = 'external' AND ${r.newest} GROUP BY name`),
  one("performance", "cache-hit-rate", (r) => `SELECT '' AS name, sum(${W} * double13) / sum(${W} * double12) AS n ${FROM} WHERE blob6 = 'request' AND ${r.all}`),
  one("resource-usage", "cpu-time", (r) => `SELECT blob2 AS name, sum(${W} * double6) / sum(${W}) AS n ${FROM} WHERE blob6 = 'invocation' AND ${r.all} GROUP BY name`),
  one("resource-usage", "memory", (r) => `SELECT format('P50 · {}', blob12) AS name, avg(double6) AS n ${FROM} WHERE blob6 = 'gauge' AND blob11 = 'worker.memory.p50' AND ${r.newest} GROUP BY name`),
  one("resource-usage", "platform-cpu", (r) => gauges("if(blob11 = 'worker.cpu.p50', 'P50', 'P99')", "avg(double6)", "worker.cpu.%", r)),
  one("resource-usage", "platform-d1", (r) => gauges("if(blob11 = 'd1.readQueries', 'read queries', if(blob11 = 'd1.writeQueries', 'write queries', if(blob11 = 'd1.rowsRead', 'rows read', 'rows written')))", perMinute(r), "d1.%", r)),
  one("resource-usage", "platform-kv", (r) => gauges("substring(blob11, 4)", perMinute(r), "kv.%", r)),
  one("resource-usage", "platform-r2", (r) => gauges("if(blob11 = 'r2.GetObject', 'get object', 'put object')", perMinute(r), "r2.%", r)),
  one("resource-usage", "d1-operations", (r) => operations(r, [["queries", 6], ["rows_read", 10], ["rows_written", 11]])),
  one("resource-usage", "kv-operations", (r) => operations(r, [["reads", 12], ["writes", 14]])),
  one("resource-usage", "r2-operations", (r) => operations(r, [["class_A", 15], ["class_B", 16]])),
  one("sandbox-metrics", "sandbox-active", (r) => `SELECT 'agents' AS name, max(if(blob11 = 'sandbox_active', double6, 0)) AS active, max(if(blob11 = 'sandbox_capacity', double6, 0)) AS capacity ${FROM} WHERE blob6 = 'gauge' AND ${r.newest}`),
  one("sandbox-metrics", "sandbox-provision", (r) => `SELECT 'all' AS name, sum(${W}) AS n ${FROM} WHERE blob6 = 'sandbox' AND blob12 = 'provisioned' AND ${r.all}`),
  one("sandbox-metrics", "sandbox-timeouts", (r) => `SELECT blob15 AS name, sumIf(${W}, blob14 = 'timeout') / sum(${W}) AS n ${FROM} WHERE blob6 = 'sandbox' AND blob12 = 'executed' AND ${r.all} GROUP BY name`),
  one("sandbox-metrics", "sandbox-utilisation", (r) => `SELECT blob12 AS name, max(if(blob11 = 'sandbox_active', double6, 0)) / max(if(blob11 = 'sandbox_capacity', double6, 0)) AS n ${FROM} WHERE blob6 = 'gauge' AND blob12 = 'agents' AND ${r.newest} GROUP BY name`),
  one("sandbox-metrics", "sandbox-instances", (r) => `SELECT blob15 AS name, sum(${W} * double16) / sum(${W}) AS a ${FROM} WHERE blob6 = 'sandbox' AND double16 > 0 AND ${r.all} GROUP BY name`),
  one("sandbox-metrics", "sandbox-memory", (r) => `SELECT blob15 AS name, sum(${W} * double17) / sum(${W}) AS a ${FROM} WHERE blob6 = 'sandbox' AND double17 > 0 AND ${r.all} GROUP BY name`),
]; // prettier-ignore

/** Length of a step in a range of 24 h. */
export const STEP_MS = 600_000;

export function rangeOf(fromMs: number, toMs: number): SqlRange {
  const between = (from: number, to: number): string =>
    `timestamp >= toDateTime(${from / 1_000}) AND timestamp < toDateTime(${to / 1_000})`;
  return { all: between(fromMs, toMs), newest: between(toMs - STEP_MS, toMs), seconds: (toMs - fromMs) / 1_000 };
}

/** The figures that SQL gives for a series: a row of that name, or a column of its label. */
export function expectedOf(
  rows: readonly Readonly<Record<string, string | number>>[],
  name: string,
): readonly number[] | undefined {
  const own = rows.find((row) => row["name"] === name);
  if (own !== undefined) return Object.entries(own).flatMap(([column, value]) => (column === "name" ? [] : [Number(value)]));
  const label = (name.split(" · ").at(-1) ?? "").replaceAll(" ", "_");
  const value = rows[0]?.[label];
  return value === undefined ? undefined : [Number(value)];
}

/** The same but for the order in which ClickHouse added up. */
export function isClose(figure: number | undefined, value: number): boolean {
  return figure !== undefined && Math.abs(figure - value) <= 1e-9 * Math.max(1, Math.abs(value));
}
