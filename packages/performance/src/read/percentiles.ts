import type { QueryPort } from "@monotask/telemetry";

export interface PercentileQuestion {
  readonly worker: string;
  /** One route pattern; by default every route of the worker. */
  readonly endpoint?: string;
  /** Epoch milliseconds, from … */
  readonly since: number;
  /** … up to, not included. */
  readonly until: number;
  readonly environment?: string;
}

/**
 * Response times of one route, in milliseconds of wall time. Workers' clock stands still between I/O, so that a request which only
 * computes measures 0 ms: how long it took is not known, and it is counted apart instead of passing for the fastest.
 */
export interface EndpointPercentiles {
  readonly endpoint: string;
  /** Requests, estimated from the sample. */
  readonly count: number;
  /** Those of them that measured 0 ms, which the percentiles leave out; the CPU time of `invocation` points tells of them. */
  readonly unmeasuredCount: number;
  /** Undefined where every request is unmeasured. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

export type PercentileAnswer =
  | { readonly kind: "percentiles"; readonly endpoints: readonly EndpointPercentiles[] }
  /** Nothing was written in this time: neither fast nor slow. */
  | { readonly kind: "no-data" }
  | { readonly kind: "failed"; readonly message: string };

/** P50, P95 and P99 of a worker's requests by route, the busiest first. Each request counts with the weight it was sampled with. */
export async function percentiles(port: QueryPort, question: PercentileQuestion): Promise<PercentileAnswer> {
  const { worker, endpoint, environment, since, until } = question;
  const isMeasured = { op: ">", field: "durationMs", value: 0 } as const;
  const quantile = (q: number) => ({ measure: "quantile", field: "durationMs", q, where: isMeasured }) as const;
  const result = await port.run({
    kinds: ["request"],
    fromMs: since,
    toMs: until,
    where: [
      { op: "=", field: "workerName", value: worker },
      ...(endpoint === undefined ? [] : [{ op: "=" as const, field: "endpoint" as const, value: endpoint }]),
      ...(environment === undefined ? [] : [{ op: "=" as const, field: "environment" as const, value: environment }]),
    ],
    groupBy: { endpoint: { by: "field", field: "endpoint" } },
    select: {
      requests: { measure: "count" },
      measured: { measure: "count", where: isMeasured },
      p50: quantile(0.5),
      p95: quantile(0.95),
      p99: quantile(0.99),
    },
    orderBy: [{ column: "requests", direction: "desc" }],
  });
  if (result.kind === "failed") return { kind: "failed", message: result.message };
  if (result.kind === "no-data" || result.rows.length === 0) return { kind: "no-data" };
  return {
    kind: "percentiles",
    endpoints: result.rows.map((row) => {
      const measured = Number(row["measured"]);
      const msOf = (column: string): number | undefined => (measured > 0 ? Number(row[column]) : undefined);
      return {
        endpoint: String(row["endpoint"]),
        count: Number(row["requests"]),
        unmeasuredCount: Number(row["requests"]) - measured,
        p50Ms: msOf("p50"),
        p95Ms: msOf("p95"),
        p99Ms: msOf("p99"),
      };
    }),
  };
}
