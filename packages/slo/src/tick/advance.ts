import { evaluateWindows, startOfLength, windowLengths } from "../engine/evaluate.ts";
import type { SloStatus } from "../engine/evaluate.ts";
import { replaceCell, rollFrom } from "../engine/roll.ts";
import { emptySums, sumFrom } from "../engine/window.ts";
import type { TierSpan, WindowSums } from "../engine/window.ts";
import type { Cell, Slice } from "../model/cell.ts";
import { spanOf } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { rollUp } from "../store/roll-up.ts";
import type { Measurement } from "../store/merge.ts";
import type { EngineMemory, SloMemory } from "./memory.ts";
import { finerThan, spanOfLength } from "./plan.ts";
import { CellBook } from "./stored-cells.ts";
import type { PackedRow } from "./stored-cells.ts";
import { keepVersions } from "./versions.ts";
import type { VersionCount } from "./versions.ts";

/** What one query saw, with the requests by version. */
export interface TickMeasurement extends Measurement {
  readonly versions: readonly VersionCount[];
}

/** What of the store a tick was given: the rows of its plan, or all slices of the longest window. */
export type StoredHistory =
  | { readonly kind: "cells"; readonly rows: readonly PackedRow[] }
  /** Sorted, without overlaps: hours, then five minutes, then minutes. `rows` as for a plan. */
  | { readonly kind: "history"; readonly slices: readonly Slice[]; readonly rows: readonly PackedRow[] };

/** A tick's result. The same input gives the same result, bit by bit. */
export interface Advanced {
  readonly memory: EngineMemory;
  readonly statuses: readonly SloStatus[];
  /** Rows to store; rows that did not change are not among them. */
  readonly rows: readonly PackedRow[];
}

const COARSE: readonly TierSpan[] = [5, 60, 1_440];

/**
 * One tick: takes a measurement in, moves every window on to its newest minute and judges every SLO there. Minutes that were measured
 * before are replaced, minutes that were missed come in late; only the newest minute is decided.
 */
export function advance(
  memory: EngineMemory | undefined,
  slos: readonly Slo[],
  measurement: TickMeasurement,
  stored: StoredHistory,
): Advanced {
  const { fromMinute } = measurement;
  const nowMinute = measurement.toMinute - 1;
  const book = new CellBook(stored.rows);
  const before = new Map<number, ReadonlyMap<string, Slice>>();
  const measured = groupedBy(measurement.slices, (slice) => slice.minute);
  const bySlo = groupedBy(measurement.slices, (slice) => slice.sloName);
  const changed: number[] = [];
  for (let minute = fromMinute; minute <= nowMinute; minute += 1) {
    before.set(minute, book.at({ spanMinutes: 1, startMinute: minute }));
    if (book.put({ spanMinutes: 1, startMinute: minute }, measured.get(minute) ?? [])) changed.push(minute);
  }
  for (const span of COARSE) closeCells(book, span, changed, memory?.minute, nowMinute);
  const remembered = new Map((memory?.slos ?? []).map((slo) => [slo.name, slo]));
  const judged = slos.map((slo) => {
    const known = remembered.get(slo.name);
    const own = bySlo.get(slo.name) ?? [];
    const sums =
      stored.kind === "history" || known === undefined || memory === undefined
        ? fromHistory(slo, stored, own, fromMinute, nowMinute)
        : moveOn(slo, known, { book, before, changed, decidedMinute: memory.minute, nowMinute });
    return judge(slo, known, sums, own, stored, nowMinute);
  });
  return {
    memory: {
      minute: nowMinute,
      slos: judged.map(({ kept }) => kept),
      versions: keepVersions(memory?.versions ?? [], measurement.versions, fromMinute, nowMinute),
    },
    statuses: judged.map(({ status }) => status),
    rows: book.written(),
  };
}

function judge(
  slo: Slo,
  known: SloMemory | undefined,
  sums: ReadonlyMap<number, WindowSums>,
  own: readonly Slice[],
  stored: StoredHistory,
  nowMinute: number,
): { readonly status: SloStatus; readonly kept: SloMemory } {
  const history =
    stored.kind === "history" && known === undefined ? stored.slices.filter((cell) => cell.sloName === slo.name) : [];
  const firstMinute = known?.firstMinute ?? [...history, ...own].find((cell) => cell.total > 0)?.minute;
  const newest = own.at(-1) ?? history.at(-1);
  const lastMinute = newest === undefined ? known?.lastMinute : newest.minute + spanOf(newest) - 1;
  const status = evaluateWindows(slo, sums, { nowMinute, firstMinute, lastMinute, previous: known?.alerts ?? [] });
  const alerts = status.alerts.map(({ rule, isFiring, sinceMinute }) => ({ rule, isFiring, sinceMinute }));
  return { status, kept: { name: slo.name, firstMinute, lastMinute, sums, alerts } };
}

/** Sums made anew from all stored slices before the measurement, and the measurement. */
function fromHistory(
  slo: Slo,
  stored: StoredHistory,
  own: readonly Slice[],
  fromMinute: number,
  nowMinute: number,
): Map<number, WindowSums> {
  const kept =
    stored.kind === "history" ? stored.slices.filter((cell) => cell.sloName === slo.name && cell.minute < fromMinute) : [];
  const lengths = windowLengths(slo);
  const starts = lengths.map((length) => startOfLength(slo.window, length, nowMinute));
  const sums = sumFrom([...kept, ...own], nowMinute, starts);
  return new Map(lengths.map((length, index) => [length, sums[index] ?? emptySums(starts[index] ?? nowMinute, nowMinute)]));
}

interface Move {
  readonly book: CellBook;
  /** Rows of the measured minutes as they were stored. */
  readonly before: ReadonlyMap<number, ReadonlyMap<string, Slice>>;
  readonly changed: readonly number[];
  readonly decidedMinute: number;
  readonly nowMinute: number;
}

/** The running sums a tick later: late rows replaced, entering minutes added, leaving cells taken out. */
function moveOn(slo: Slo, known: SloMemory, { book, before, changed, decidedMinute, nowMinute }: Move): Map<number, WindowSums> {
  const late = changed.filter((minute) => minute <= decidedMinute);
  const entering: Cell[] = [];
  for (let minute = decidedMinute + 1; minute <= nowMinute; minute += 1) {
    const cell = book.at({ spanMinutes: 1, startMinute: minute }).get(slo.name);
    if (cell !== undefined) entering.push(cell);
  }
  const moved = new Map<number, WindowSums>();
  for (const length of windowLengths(slo)) {
    const start = startOfLength(slo.window, length, nowMinute);
    let sums = known.sums.get(length) ?? emptySums(startOfLength(slo.window, length, decidedMinute), decidedMinute);
    for (const minute of late) {
      if (minute < sums.fromMinute) continue;
      const now = book.at({ spanMinutes: 1, startMinute: minute }).get(slo.name);
      sums = replaceCell(sums, before.get(minute)?.get(slo.name), now);
    }
    const leaving = start <= decidedMinute ? cellsBetween(book, slo.name, spanOfLength(length), sums.fromMinute, start) : [];
    moved.set(length, rollFrom(sums, start, nowMinute, leaving.length === 0 ? entering : [...leaving, ...entering]));
  }
  return moved;
}

function cellsBetween(book: CellBook, name: string, span: TierSpan, fromMinute: number, beforeMinute: number): Cell[] {
  const cells: Cell[] = [];
  for (let start = fromMinute; start < beforeMinute; start += span) {
    const cell = book.at({ spanMinutes: span, startMinute: start }).get(name);
    if (cell !== undefined) cells.push(cell);
  }
  return cells;
}

/** Sums the finer rows of every cell that closed since the last tick, or that late rows changed after it had closed. */
function closeCells(
  book: CellBook,
  span: TierSpan,
  changed: readonly number[],
  decidedMinute: number | undefined,
  nowMinute: number,
): void {
  const finer = finerThan(span);
  const starts = new Set(changed.map((minute) => Math.floor(minute / span) * span));
  // A cell closes although its own last minutes were not measured.
  if (decidedMinute !== undefined) starts.add(Math.floor(decidedMinute / span) * span);
  for (const start of starts) {
    if (start + span - 1 > nowMinute) continue;
    const parts: Slice[] = [];
    for (let minute = start; minute < start + span; minute += finer)
      parts.push(...book.at({ spanMinutes: finer, startMinute: minute }).values());
    book.put({ spanMinutes: span, startMinute: start }, rollUp(parts, span));
  }
}

function groupedBy<K>(slices: readonly Slice[], keyOf: (slice: Slice) => K): Map<K, Slice[]> {
  const groups = new Map<K, Slice[]>();
  for (const slice of slices) {
    const known = groups.get(keyOf(slice));
    if (known === undefined) groups.set(keyOf(slice), [slice]);
    else known.push(slice);
  }
  return groups;
}
