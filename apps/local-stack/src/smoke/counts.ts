import { createSqlApi, defineQuery } from "@monotask/telemetry";
import { sqlUrlOf, type Addresses } from "../stack/addresses.ts";
import { LOCAL_CREDENTIALS } from "@monotask/cli/local";

/** Requests as ClickHouse counts them. */
export interface RequestCounts {
  /** Stored points. */
  readonly rows: number;
  /** Requests that they stand for. */
  readonly requests: number;
  /** Of that estimate, under independent thinning. */
  readonly variance: number;
}

/**
 * Counts the demo's request points of a stretch of virtual time.
 * @throws Error with the engine's words when it cannot be asked
 */
export async function countRequests(addresses: Addresses, range: { fromMs: number; toMs: number }): Promise<RequestCounts> {
  const sql = createSqlApi({ url: sqlUrlOf(addresses), token: LOCAL_CREDENTIALS.analyticsToken, dataset: "monotask" });
  const result = await sql.run(
    defineQuery<"request">({
      kinds: ["request"],
      ...range,
      where: [{ op: "=", field: "workerName", value: "monotask-demo" }],
      select: { rows: { measure: "rows" }, requests: { measure: "count" }, variance: { measure: "variance" } },
    }),
  );
  if (result.kind === "failed") throw new Error(`the local Analytics Engine refused the count: ${result.message}`);
  const row = result.kind === "rows" ? result.rows[0] : undefined;
  return { rows: Number(row?.["rows"] ?? 0), requests: Number(row?.["requests"] ?? 0), variance: Number(row?.["variance"] ?? 0) };
}
