import { readEvaluator } from "../../evaluator-api.ts";
import { EXIT, UsageError, type Io } from "../../io.ts";
import { recordsOf, textOf } from "../../records.ts";
import { table } from "../../table.ts";
import { clockText } from "./alert-words.ts";

/** `monotask alerts history`: what happened, newest first. */
export async function showHistory(io: Io, options: { limit: string; group?: string; json: boolean }): Promise<number> {
  if (!/^[1-9]\d{0,3}$/.test(options.limit)) throw new UsageError(`--limit ${options.limit} is no number from 1 to 1000`);
  const query = new URLSearchParams({ limit: options.limit, ...(options.group !== undefined && { group: options.group }) });
  const answer = await readEvaluator(io, `/api/v1/alert-history?${query.toString()}`);
  const entries = recordsOf(answer, "history");
  if (options.json) io.out(JSON.stringify(answer, undefined, 2));
  else if (entries.length === 0) io.out("Nothing has happened yet.");
  else {
    const rows = entries.map((entry) => [
      clockText(entry["atMs"], io.now()),
      textOf(entry, "event"),
      textOf(entry, "alertId"),
      textOf(entry, "text"),
    ]);
    io.out(table(["WHEN", "WHAT", "ALERT", ""], rows, io.columns));
  }
  return EXIT.ok;
}
