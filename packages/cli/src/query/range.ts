import { formatMinutes, parseDurationMs } from "@monotask/slo";
import type { Query, Row } from "@monotask/telemetry";
import { UsageError } from "../io.ts";
import type { Io } from "../io.ts";
import { sparkline } from "../show/sparkline.ts";

export interface RangeOptions {
  readonly since: string;
  readonly until?: string;
}

/** Epoch milliseconds of `--since 1h` and `--until 10m`, both counted back from now. */
export function rangeOf(io: Pick<Io, "now">, { since, until }: RangeOptions): { fromMs: number; toMs: number } {
  const now = io.now();
  const fromMs = now - durationOf("--since", since);
  // The running second belongs to the range.
  const toMs = until === undefined ? now + 1_000 : now - durationOf("--until", until);
  if (fromMs >= toMs) throw new UsageError(`--since ${since} must lie before --until ${until ?? "now"}`);
  return { fromMs, toMs };
}

export function durationOf(flag: string, text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined) throw new UsageError(`${flag} "${text}" is no duration; write it as 5m, 1h, 24h or 7d`);
  return ms;
}

const BARS = 24;

/** A sparkline for each row: the same figure over time, in the same groups. */
export async function trendOf(
  query: Query,
  groups: readonly string[],
  measure: string,
  run: (query: Query) => Promise<readonly Row[]>,
): Promise<{ of: (row: Row) => string; step: string }> {
  const seconds = Math.max(60, Math.ceil((query.toMs - query.fromMs) / 1_000 / BARS / 60) * 60);
  const first = Math.floor(query.fromMs / 1_000 / seconds);
  const last = Math.floor((query.toMs - 1) / 1_000 / seconds);
  const rows = await run({ ...query, groupBy: { ...query.groupBy, at_seconds: { by: "time", seconds } } });
  const keyOf = (row: Row): string => JSON.stringify(groups.map((group) => row[group]));
  const values = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const key = keyOf(row);
    const series = values.get(key) ?? new Map<number, number>();
    values.set(key, series.set(Number(row["at_seconds"]) / seconds, Number(row[measure])));
  }
  return {
    step: formatMinutes(seconds / 60),
    of: (row) => sparkline(Array.from({ length: last - first + 1 }, (_, at) => values.get(keyOf(row))?.get(first + at))),
  };
}
