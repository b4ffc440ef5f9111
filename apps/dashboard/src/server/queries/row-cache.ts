import type { Query, QueryPort, QueryResult, Row } from "@monotask/telemetry";
import { waitFor } from "./in-flight.ts";
import type { KeepAlive } from "./in-flight.ts";

/** Answers of whole queries for some seconds, so that all who look at one page cost one query. */
export interface RowCache {
  rows(query: Query, nowMs: number, keepAlive: KeepAlive): Promise<QueryResult>;
}

interface Entry {
  result: QueryResult | undefined;
  untilMs: number;
  inFlight: Promise<unknown> | undefined;
}

/** @param lifeMs how long an answer serves others; times of queries are in whole steps, so that viewers ask the same */
export function createRowCache(port: QueryPort, lifeMs = 15_000): RowCache {
  const entries = new Map<string, Entry>();
  return {
    async rows(query, nowMs, keepAlive) {
      const key = JSON.stringify(query);
      for (const [old, { untilMs, inFlight }] of entries) if (untilMs <= nowMs && inFlight === undefined) entries.delete(old);
      const entry = entries.get(key) ?? { result: undefined, untilMs: 0, inFlight: undefined };
      entries.set(key, entry);
      if (entry.result === undefined && entry.inFlight !== undefined) await waitFor(entry.inFlight);
      if (entry.result !== undefined && entry.untilMs > nowMs) return entry.result;
      const reading = port.run(query).then((result) => {
        // What failed is asked again by the next one.
        if (result.kind !== "failed") [entry.result, entry.untilMs] = [result, nowMs + lifeMs];
        entry.inFlight = undefined;
        return result;
      });
      entry.inFlight = reading;
      keepAlive(reading);
      return reading;
    },
  };
}

/** Rows of an answer; none where nothing was written. */
export function rowsOf(result: QueryResult): readonly Row[] {
  return result.kind === "rows" ? result.rows : [];
}
