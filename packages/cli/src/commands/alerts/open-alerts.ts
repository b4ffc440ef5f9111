import { readEvaluator } from "../../evaluator-api.ts";
import type { Io } from "../../io.ts";
import { recordsOf, textIn, type JsonRecord } from "../../records.ts";

/** What fires now, page by page: of many thousand alerts each answer stays small enough to come in time. */
export async function openAlerts(io: Io): Promise<JsonRecord[]> {
  const alerts: JsonRecord[] = [];
  let cursor: string | undefined;
  do {
    const next: string = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await readEvaluator(io, `/api/v1/alerts?limit=500${next}`);
    alerts.push(...recordsOf(page, "alerts"));
    cursor = textIn(page, "cursor");
  } while (cursor !== undefined);
  return alerts;
}
