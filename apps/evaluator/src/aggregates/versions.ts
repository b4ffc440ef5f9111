import { defineQuery } from "@monotask/telemetry";
import type { Query, QueryPort } from "@monotask/telemetry";

/** A version of a worker, and from when until when it answered requests; epoch milliseconds, to the second. */
export interface WorkerVersion {
  readonly worker: string;
  readonly environment: string;
  readonly version: string;
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Versions that answered requests in a stretch of time.
 * @throws Error when Analytics Engine cannot be asked
 */
export async function readVersions(query: QueryPort, fromMs: number, toMs: number): Promise<WorkerVersion[]> {
  const result = await query.run(versionsQuery(fromMs, toMs));
  if (result.kind === "failed") throw new Error(`versions cannot be read: ${result.message}`);
  const rows = result.kind === "rows" ? result.rows : [];
  return rows.flatMap((row) => {
    const version = String(row["version"] ?? "");
    // Points without a version tell of no deploy.
    if (version === "") return [];
    return {
      worker: String(row["worker"] ?? ""),
      environment: String(row["environment"] ?? ""),
      version,
      firstMs: Number(row["firstSecond"]) * 1_000,
      lastMs: Number(row["lastSecond"]) * 1_000,
    };
  });
}

function versionsQuery(fromMs: number, toMs: number): Query {
  return defineQuery({
    kinds: ["request"],
    fromMs,
    toMs,
    groupBy: {
      worker: { by: "field", field: "workerName" },
      environment: { by: "field", field: "environment" },
      version: { by: "field", field: "version" },
    },
    select: { firstSecond: { measure: "first" }, lastSecond: { measure: "last" } },
  });
}
