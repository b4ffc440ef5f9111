import { compileSql } from "@monotask/telemetry";
import type { Query, Row } from "@monotask/telemetry";
import { openFromMs, STEP_COLUMN } from "@monotask/panels";
import type { StepRange } from "@monotask/panels";

/** A scan as far as its rows go: what is read, in which steps, over which time. */
export interface StepScan {
  readonly query: Query;
  readonly range: StepRange;
}

/** What is kept of a scan. */
export interface Entry {
  /** Closed steps that were read, `fromMs` ≤ start < `closedMs`; 0 before the first reading. */
  fromMs: number;
  closedMs: number;
  rows: readonly Row[];
  /** Rows of the open steps, good until `untilMs`. */
  open: { readonly rows: readonly Row[]; readonly fromMs: number; readonly toMs: number; readonly untilMs: number } | undefined;
  inFlight: Promise<unknown> | undefined;
  lastUsedMs: number;
}

/** Open steps are read again at most this often, whoever asks. */
const OPEN_LIFE_MS = 15_000;

export function newEntry(nowMs: number): Entry {
  return { fromMs: 0, closedMs: 0, rows: [], open: undefined, inFlight: undefined, lastUsedMs: nowMs };
}

/** The scan without its time. */
export function keyOf({ query, range }: StepScan): string {
  return `${range.stepSeconds} ${compileSql({ ...query, fromMs: 0, toMs: 1_000 }, "scan")}`;
}

/** From where the range has to be read; undefined where all of it is kept and fresh. */
export function lacking(entry: Entry, range: StepRange, nowMs: number): number | undefined {
  if (!isCovered(entry, range)) return range.fromMs;
  const fromMs = Math.min(entry.closedMs, range.toMs);
  const { open } = entry;
  const isOpenFresh = open !== undefined && open.fromMs <= fromMs && open.toMs >= range.toMs && open.untilMs > nowMs;
  return fromMs >= range.toMs || isOpenFresh ? undefined : fromMs;
}

export interface Taken {
  readonly fromMs: number;
  readonly range: StepRange;
  readonly nowMs: number;
}

/** Keeps rows that were read from `fromMs` to the end of the range; others among them are left out. */
export function take(entry: Entry, rows: readonly Row[], { fromMs, range, nowMs }: Taken): void {
  const closedMs = openFromMs(range, nowMs);
  const fresh = rows.filter((row) => startMs(row) >= fromMs && startMs(row) < range.toMs);
  const closed = fresh.filter((row) => startMs(row) < closedMs);
  if (isCovered(entry, range)) {
    entry.rows = [...entry.rows.filter((row) => startMs(row) < fromMs), ...closed];
    entry.closedMs = Math.max(entry.closedMs, closedMs);
  } else [entry.rows, entry.fromMs, entry.closedMs] = [closed, range.fromMs, closedMs];
  const open = fresh.filter((row) => startMs(row) >= closedMs);
  entry.open = { rows: open, fromMs: closedMs, toMs: range.toMs, untilMs: nowMs + OPEN_LIFE_MS };
}

export function rowsIn({ rows, open }: Entry, { fromMs, toMs }: StepRange): Row[] {
  return [...rows, ...(open?.rows ?? [])].filter((row) => startMs(row) >= fromMs && startMs(row) < toMs);
}

function isCovered({ rows, fromMs, closedMs }: Entry, range: StepRange): boolean {
  return rows.length > 0 && fromMs <= range.fromMs && closedMs > range.fromMs;
}

function startMs(row: Row): number {
  return Number(row[STEP_COLUMN]) * 1_000;
}
