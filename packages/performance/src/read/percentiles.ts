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

/** Response times of one route, in milliseconds of wall time. */
export interface EndpointPercentiles {
  readonly endpoint: string;
  /** Requests, estimated from the sample. */
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export type PercentileAnswer =
  | { readonly kind: "percentiles"; readonly endpoints: readonly EndpointPercentiles[] }
  /** Nothing was written in this time: neither fast nor slow. */
  | { readonly kind: "no-data" }
  | { readonly kind: "failed"; readonly message: string };

/** P50, P95 and P99 of a worker's requests by route, the busiest first. Each request counts with the weight it was sampled with. */
export async function percentiles(port: QueryPort, question: PercentileQuestion): Promise<PercentileAnswer> {
  const { worker, endpoint, environment, since, until } = question;
  const durationMs = "durationMs";
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
      p50: { measure: "quantile", field: durationMs, q: 0.5 },
      p95: { measure: "quantile", field: durationMs, q: 0.95 },
      p99: { measure: "quantile", field: durationMs, q: 0.99 },
    },
    orderBy: [{ column: "requests", direction: "desc" }],
  });
  if (result.kind === "failed") return { kind: "failed", message: result.message };
  if (result.kind === "no-data" || result.rows.length === 0) return { kind: "no-data" };
  return {
    kind: "percentiles",
    endpoints: result.rows.map((row) => ({
      endpoint: String(row["endpoint"]),
      count: Number(row["requests"]),
      p50Ms: Number(row["p50"]),
      p95Ms: Number(row["p95"]),
      p99Ms: Number(row["p99"]),
    })),
  };
}
