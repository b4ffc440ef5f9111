import { copyBoard, NEVER, setWindow } from "../engine/board.ts";
import type { Board } from "../engine/board.ts";
import { startOfLength } from "../engine/evaluate.ts";
import type { Layout } from "../engine/layout.ts";
import { sumFrom } from "../engine/window.ts";
import type { TierSpan } from "../engine/window.ts";
import type { Slice } from "../model/cell.ts";
import { COUNTS, MEASURED } from "../store/counts.ts";
import type { CellCounts } from "../store/counts.ts";
import type { CellBook } from "./stored-cells.ts";

/** What a tick knows when it moves its windows on. */
export interface Move {
  readonly book: CellBook;
  /** Measured minutes whose row changed. */
  readonly changed: readonly number[];
  /** Rows of those minutes as they were stored. */
  readonly before: ReadonlyMap<number, CellCounts | undefined>;
  readonly nowMinute: number;
}

/**
 * The windows a tick later: late rows replaced, entering minutes added, leaving cells taken out. Gives what sums over all cells give, and
 * reads a few rows.
 */
export function moveWindows(layout: Layout, board: Board, { book, changed, before, nowMinute }: Move): Board {
  const moved = copyBoard(board, nowMinute);
  const decidedMinute = board.minute;
  const minuteRow = (minute: number): CellCounts | undefined => book.at({ spanMinutes: 1, startMinute: minute });
  const late = changed
    .filter((minute) => minute <= decidedMinute)
    .map((minute) => ({ minute, then: before.get(minute), now: minuteRow(minute) }));
  const entering: { readonly minute: number; readonly row: CellCounts }[] = [];
  for (let minute = decidedMinute + 1; minute <= nowMinute; minute += 1) {
    const row = minuteRow(minute);
    if (row !== undefined) entering.push({ minute, row });
  }
  const starts = startsOf(layout, nowMinute);
  const leaving = layout.groups.map((group, index) => {
    const from = usualFrom(layout, board, index);
    return { from, rows: leavingRows(book, group.spanMinutes, from, starts[index] ?? 0, decidedMinute) };
  });
  const moveWindow = (window: number, cell: number): void => {
    const group = layout.groupOf[window] ?? 0;
    const from = board.from[window] ?? 0;
    const start = Math.max(from, starts[group] ?? 0);
    for (const { minute, then, now } of late) {
      if (minute < from) continue;
      if (then !== undefined) addCell(moved, window, then, cell, -1);
      if (now !== undefined) addCell(moved, window, now, cell, 1);
    }
    // After a gap longer than the window nothing of it is left.
    if (start > decidedMinute) clearWindow(moved, window);
    else {
      const usual = leaving[group];
      const span = layout.groups[group]?.spanMinutes ?? 1;
      const rows = usual?.from === from ? usual.rows : leavingRows(book, span, from, start, decidedMinute);
      for (const row of rows) addCell(moved, window, row, cell, -1);
    }
    moved.from[window] = start;
    for (const { minute, row } of entering) if (minute >= start) addCell(moved, window, row, cell, 1);
  };
  const { windowsFrom, slos } = layout;
  for (let slo = 0; slo < slos.length; slo += 1) {
    const windowsEnd = windowsFrom[slo + 1] ?? 0;
    for (let window = windowsFrom[slo] ?? 0; window < windowsEnd; window += 1) moveWindow(window, slo * COUNTS);
  }
  return moved;
}

/** Rows of whole cells that stand before a window's new start. */
function leavingRows(book: CellBook, spanMinutes: TierSpan, from: number, start: number, decidedMinute: number): CellCounts[] {
  const rows: CellCounts[] = [];
  if (start > decidedMinute) return rows;
  for (let left = from; left + spanMinutes <= start; left += spanMinutes) {
    const row = book.at({ spanMinutes, startMinute: left });
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

/** Where the windows of a group begin, save those that a coarse cell has moved out. */
function usualFrom(layout: Layout, board: Board, group: number): number {
  return board.from[layout.groupOf.indexOf(group)] ?? 0;
}

/** The windows summed anew from all stored slices before the measurement, and the measured minutes. */
export function sumWindowsAnew(
  layout: Layout,
  board: Board,
  slices: { readonly stored: ReadonlyMap<string, readonly Slice[]>; readonly measured: ReadonlyMap<string, readonly Slice[]> },
  nowMinute: number,
): Board {
  const moved = copyBoard(board, nowMinute);
  const starts = startsOf(layout, nowMinute);
  layout.names.forEach((name, slo) => {
    const [first, end] = [layout.windowsFrom[slo] ?? 0, layout.windowsFrom[slo + 1] ?? 0];
    const cells = [...(slices.stored.get(name) ?? []), ...(slices.measured.get(name) ?? [])];
    const own = Array.from(layout.groupOf.subarray(first, end), (group) => starts[group] ?? nowMinute);
    sumFrom(cells, nowMinute, own).forEach((sums, at) => setWindow(moved, first + at, sums));
  });
  return moved;
}

/** Notes the first and the newest minute that each SLO was measured in. */
export function noteMinutes(
  layout: Layout,
  board: Board,
  book: CellBook,
  { fromMinute, earlier }: { readonly fromMinute: number; readonly earlier: ReadonlyMap<string, readonly Slice[]> },
): void {
  const rows: (CellCounts | undefined)[] = [];
  for (let minute = fromMinute; minute <= board.minute; minute += 1) rows.push(undefined);
  const rowAt = (minute: number): CellCounts | undefined =>
    (rows[minute - fromMinute] ??= book.at({ spanMinutes: 1, startMinute: minute }));
  layout.names.forEach((name, slo) => {
    const cell = slo * COUNTS;
    let newest = board.minute;
    while (newest >= fromMinute && (rowAt(newest)?.[cell + MEASURED] ?? 0) === 0) newest -= 1;
    const stored = earlier.get(name) ?? [];
    if (newest >= fromMinute) board.lastMinute[slo] = newest;
    else if (board.lastMinute[slo] === NEVER) {
      const last = stored.at(-1);
      if (last !== undefined) board.lastMinute[slo] = last.minute + (last.spanMinutes ?? 1) - 1;
    }
    if (board.firstMinute[slo] !== NEVER) return;
    let first = stored.find(({ total }) => total > 0)?.minute;
    for (let minute = fromMinute; first === undefined && minute <= board.minute; minute += 1)
      if ((rowAt(minute)?.[cell] ?? 0) > 0) first = minute;
    if (first !== undefined) board.firstMinute[slo] = first;
  });
}

/** First minutes of the groups of windows that end with a minute. */
function startsOf(layout: Layout, nowMinute: number): number[] {
  return layout.groups.map(({ key, of }) => startOfLength(of, key, nowMinute));
}

function addCell(board: Board, window: number, row: CellCounts, cell: number, sign: 1 | -1): void {
  board.total[window] = (board.total[window] ?? 0) + sign * (row[cell] ?? 0);
  board.bad[window] = (board.bad[window] ?? 0) + sign * (row[cell + 1] ?? 0);
  board.varTotal[window] = (board.varTotal[window] ?? 0) + sign * (row[cell + 2] ?? 0);
  board.varBad[window] = (board.varBad[window] ?? 0) + sign * (row[cell + 3] ?? 0);
  board.measured[window] = (board.measured[window] ?? 0) + sign * (row[cell + MEASURED] ?? 0);
}

function clearWindow(board: Board, window: number): void {
  board.total[window] = 0;
  board.bad[window] = 0;
  board.varTotal[window] = 0;
  board.varBad[window] = 0;
  board.measured[window] = 0;
}
