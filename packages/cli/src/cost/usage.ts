import { fixedColumns } from "@monotask/telemetry";
import type { SqlApi, kindColumns } from "@monotask/telemetry";
import { shownNumber } from "@monotask/runbooks";
import { rowsOrThrow } from "../analytics.ts";
import type { Plan } from "../init/wanted.ts";

/** Use of one quota in a day, measured from the data points. */
export interface Usage {
  readonly quota: string;
  readonly perDay: number;
  readonly allowedPerDay: number;
  readonly usedRatio: number;
  readonly advice: string;
}

const MINUTES_PER_DAY = 1_440;
const DAYS_PER_MONTH = 30;
/** Queries of the evaluator in one tick: objectives and threshold rules, one scan each. */
const QUERIES_PER_TICK = 2;

/** Cloudflare's quotas a day (developers.cloudflare.com, pricing pages of each product; monthly ones of the paid plan by 30). */
const QUOTAS: Readonly<
  Record<
    Plan,
    {
      points: number;
      queries: number;
      kvWrites: number;
      kvReads: number;
      d1RowsRead: number;
      d1RowsWritten: number;
      requests: number;
    }
  >
> = {
  free: {
    points: 100_000,
    queries: 10_000,
    kvWrites: 1_000,
    kvReads: 100_000,
    d1RowsRead: 5_000_000,
    d1RowsWritten: 100_000,
    requests: 100_000,
  },
  paid: {
    points: 10_000_000 / DAYS_PER_MONTH,
    queries: 1_000_000 / DAYS_PER_MONTH,
    kvWrites: 1_000_000 / DAYS_PER_MONTH,
    kvReads: 10_000_000 / DAYS_PER_MONTH,
    d1RowsRead: 25_000_000_000 / DAYS_PER_MONTH,
    d1RowsWritten: 50_000_000 / DAYS_PER_MONTH,
    requests: 10_000_000 / DAYS_PER_MONTH,
  },
};

/** The last day's use of each quota by the watched workers and the monitoring itself. */
export async function usageOf(api: SqlApi, plan: Plan, dataset: string, nowMs: number): Promise<Usage[]> {
  const range = { fromMs: nowMs - 86_400_000, toMs: nowMs };
  const quotas = QUOTAS[plan];
  // Points are what was written before Analytics Engine sampled, without our own weight.
  const sql = `SELECT sum(_sample_interval) AS points, sum(if(blob${fixedColumns.kind.position} = 'request', _sample_interval, 0)) AS of_requests FROM ${dataset} WHERE timestamp >= toDateTime(${Math.floor(range.fromMs / 1_000)}) AND timestamp < toDateTime(${Math.ceil(range.toMs / 1_000)})`;
  const [points] = rowsOrThrow(await api.runSql(sql));
  const used = ["kvWrites", "kvReads", "dbRowsRead", "dbRowsWritten"] satisfies (keyof typeof kindColumns.request)[];
  const [sums] = rowsOrThrow(
    await api.run({
      kinds: ["request"],
      ...range,
      select: {
        requests: { measure: "count" },
        ...Object.fromEntries(used.map((field) => [field, { measure: "sum" as const, field }])),
      },
    }),
  );
  const of = (name: string): number => Number(sums?.[name] ?? 0) || 0;
  const row = (quota: string, perDay: number, allowedPerDay: number, advice: string): Usage => ({
    quota,
    perDay,
    allowedPerDay,
    usedRatio: perDay / allowedPerDay,
    advice,
  });
  return [
    row("Worker requests", of("requests"), quotas.requests, "move to the paid plan"),
    row("Analytics Engine points", Number(points?.["points"] ?? 0), quotas.points, "lower METRICS_SAMPLING_RATE"),
    row(
      "Analytics Engine queries",
      MINUTES_PER_DAY * QUERIES_PER_TICK,
      quotas.queries,
      "open the dashboard less often, or with a longer refresh",
    ),
    row("KV writes", of("kvWrites"), quotas.kvWrites, "write less often, or keep counters in a Durable Object"),
    row("KV reads", of("kvReads"), quotas.kvReads, "use cacheTtl"),
    row("D1 rows read", of("dbRowsRead"), quotas.d1RowsRead, "add indexes: monotask d1 audit"),
    row("D1 rows written", of("dbRowsWritten"), quotas.d1RowsWritten, "batch writes"),
  ];
}

/** One line for each quota, for a table. */
export function usageRow({ quota, perDay, allowedPerDay, usedRatio, advice }: Usage): string[] {
  return [
    quota,
    shownNumber(Math.round(perDay), "count"),
    shownNumber(Math.round(allowedPerDay), "count"),
    shownNumber(usedRatio, "ratio"),
    usedRatio > 0.8 ? advice : "",
  ];
}
