import { compileSql } from "@monotask/telemetry";
import type { Query, QueryPort, QueryResult, Row } from "@monotask/telemetry";
import { openFromMs, STEP_COLUMN } from "@monotask/panels";
import type { StepRange } from "@monotask/panels";
import { waitFor } from "./in-flight.ts";
import type { KeepAlive } from "./in-flight.ts";

/** Rows of closed steps by scan, kept so that ten viewers cost one and a refresh reads the open steps alone. */
export interface StepCache {
  /** Rows of the whole range; `queries` says how many statements were sent for them: 0 or 1. */
  rows(scan: { readonly query: Query; readonly range: StepRange }, nowMs: number, keepAlive: KeepAlive): Promise<CachedResult>;
}

export interface CachedResult {
  readonly result: QueryResult;
  readonly queries: number;
}

interface Entry {
  /** Closed steps that were read, `fromMs` ≤ start < `closedMs`. */
  fromMs: number;
  closedMs: number;
  rows: readonly Row[];
  /** Rows of the open steps, good until `openUntilMs`. */
  open: { readonly rows: readonly Row[]; readonly fromMs: number; readonly toMs: number; readonly untilMs: number } | undefined;
  inFlight: Promise<CachedResult> | undefined;
  lastUsedMs: number;
}

/** Open steps are read again at most this often, whoever asks. */
const OPEN_LIFE_MS = 15_000;
const MOST_ENTRIES = 64;

export function createStepCache(port: QueryPort): StepCache {
  const entries = new Map<string, Entry>();
  return {
    async rows({ query, range }, nowMs, keepAlive) {
      const key = keyOf(query, range.stepSeconds);
      const entry = entries.get(key) ?? {
        fromMs: 0,
        closedMs: 0,
        rows: [],
        open: undefined,
        inFlight: undefined,
        lastUsedMs: nowMs,
      };
      entries.set(key, entry);
      entry.lastUsedMs = nowMs;
      // Whoever asks while the same scan is being read waits for it, and then finds it read.
      if (entry.inFlight !== undefined) await waitFor(entry.inFlight);
      const reading = read(entry, query, range, nowMs);
      entry.inFlight = reading;
      keepAlive(reading);
      try {
        return await reading;
      } finally {
        if (entry.inFlight === reading) entry.inFlight = undefined;
        evict(entries);
      }
    },
  };

  async function read(entry: Entry, query: Query, range: StepRange, nowMs: number): Promise<CachedResult> {
    const isCovered = entry.rows.length > 0 && entry.fromMs <= range.fromMs && entry.closedMs > range.fromMs;
    const closedMs = openFromMs(range, nowMs);
    const missingFromMs = isCovered ? Math.min(entry.closedMs, range.toMs) : range.fromMs;
    const isOpenFresh =
      entry.open !== undefined &&
      entry.open.fromMs <= missingFromMs &&
      entry.open.toMs >= range.toMs &&
      entry.open.untilMs > nowMs;
    if (isCovered && (missingFromMs >= range.toMs || isOpenFresh))
      return { result: rowsIn(range, [...entry.rows, ...(entry.open?.rows ?? [])]), queries: 0 };
    const result = await port.run({ ...query, fromMs: missingFromMs, toMs: range.toMs });
    if (result.kind === "failed") return { result, queries: 1 };
    const fresh = result.kind === "rows" ? result.rows : [];
    const closed = fresh.filter((row) => startMs(row) < closedMs);
    if (isCovered) entry.rows = [...entry.rows.filter((row) => startMs(row) < missingFromMs), ...closed];
    else [entry.rows, entry.fromMs] = [closed, range.fromMs];
    entry.closedMs = isCovered ? Math.max(entry.closedMs, closedMs) : closedMs;
    const openRows = fresh.filter((row) => startMs(row) >= closedMs);
    entry.open = { rows: openRows, fromMs: closedMs, toMs: range.toMs, untilMs: nowMs + OPEN_LIFE_MS };
    if (result.kind === "no-data" && entry.rows.length === 0) return { result, queries: 1 };
    return { result: rowsIn(range, [...entry.rows, ...openRows]), queries: 1 };
  }
}

function rowsIn(range: StepRange, rows: readonly Row[]): QueryResult {
  return { kind: "rows", rows: rows.filter((row) => startMs(row) >= range.fromMs && startMs(row) < range.toMs) };
}

function startMs(row: Row): number {
  return Number(row[STEP_COLUMN]) * 1_000;
}

/** The scan without its time. */
function keyOf(query: Query, stepSeconds: number): string {
  return `${stepSeconds} ${compileSql({ ...query, fromMs: 0, toMs: 1_000 }, "scan")}`;
}

function evict(entries: Map<string, Entry>): void {
  if (entries.size <= MOST_ENTRIES) return;
  const oldest = [...entries].sort(([, a], [, b]) => a.lastUsedMs - b.lastUsedMs)[0];
  if (oldest !== undefined) entries.delete(oldest[0]);
}
