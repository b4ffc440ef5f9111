import type { Cell } from "../model/cell.ts";
import { measuredMinutesOf, spanOf } from "../model/cell.ts";
import { periodAt } from "../model/period.ts";
import type { SloWindow } from "../model/slo.ts";

/** Minutes of a stored cell. */
export type TierSpan = 1 | 5 | 60 | 1_440;

/** One grain of the history and how long it is kept at least. */
export interface Tier {
  readonly spanMinutes: TierSpan;
  readonly keepMinutes: number;
}

/** Minutes for the last 6 h, five minutes for 3 d, hours for 90 d. */
export const TIERS: readonly Tier[] = [
  { spanMinutes: 1, keepMinutes: 6 * 60 },
  { spanMinutes: 5, keepMinutes: 3 * 1_440 },
  { spanMinutes: 60, keepMinutes: 90 * 1_440 },
];

/** What a window holds. */
export interface WindowSums {
  /** First minute that counts: the nominal start, rounded outward to the tier's cell. */
  readonly fromMinute: number;
  /** Newest minute that counts. */
  readonly toMinute: number;
  readonly good: number;
  readonly total: number;
  readonly varGood: number;
  readonly varTotal: number;
  readonly measuredMinutes: number;
}

/** The cell size a window of this length is read with. */
export function tierOf(windowMinutes: number): TierSpan {
  return TIERS.find((tier) => windowMinutes <= tier.keepMinutes)?.spanMinutes ?? 60;
}

/** First minute of the window of `windowMinutes` that ends with `toMinute`, rounded outward to the cell of its tier. */
export function windowStart(windowMinutes: number, toMinute: number): number {
  const nominal = toMinute - windowMinutes + 1;
  const span = tierOf(windowMinutes);
  return Math.floor(nominal / span) * span;
}

/**
 * First minute of the calendar window that ends with `toMinute`, rounded outward to the hours it is read from: only zones with half
 * hours feel it.
 */
export function calendarStart(window: SloWindow & { readonly kind: "calendar" }, toMinute: number): number {
  return Math.floor(periodAt(window.unit, window.timeZone, toMinute).startMinute / 60) * 60;
}

/** First minute of an SLO's own window. */
export function periodStart(window: SloWindow, toMinute: number): number {
  return window.kind === "rolling" ? windowStart(window.minutes, toMinute) : calendarStart(window, toMinute);
}

/** Minutes of an SLO's whole window: what is still to come of a calendar period counts too. */
export function periodLength(window: SloWindow, toMinute: number): number {
  if (window.kind === "rolling") return toMinute - windowStart(window.minutes, toMinute) + 1;
  const { startMinute, endMinute } = periodAt(window.unit, window.timeZone, toMinute);
  return endMinute - startMinute;
}

/** Minutes of the window, measured or not. */
export function lengthOf(window: WindowSums): number {
  return window.toMinute - window.fromMinute + 1;
}

/** Failed or slow events of a window. */
export function badOf(window: WindowSums): number {
  return window.total - window.good;
}

/**
 * Sums each window over sorted cells, in one pass from the newest back. Cells after `toMinute` do not count. A cell that reaches over
 * a window's start counts whole and moves the start out to its own.
 * @returns one entry per length, in the order given.
 */
export function sumWindows(cells: readonly Cell[], toMinute: number, lengths: readonly number[]): WindowSums[] {
  return sumFrom(
    cells,
    toMinute,
    lengths.map((length) => windowStart(length, toMinute)),
  );
}

/** The same for windows given by their first minutes. */
export function sumFrom(cells: readonly Cell[], toMinute: number, starts: readonly number[]): WindowSums[] {
  const done = new Map<number, WindowSums>();
  // Plain numbers: a month of minutes passes here on each call.
  let good = 0;
  let total = 0;
  let varGood = 0;
  let varTotal = 0;
  let measuredMinutes = 0;
  let oldest = toMinute + 1;
  let index = cells.length - 1;
  for (const start of [...starts].sort((a, b) => b - a)) {
    for (; index >= 0; index -= 1) {
      const cell = cells[index];
      if (cell === undefined || cell.minute + spanOf(cell) <= start) break;
      if (cell.minute + spanOf(cell) - 1 > toMinute) continue;
      good += cell.good;
      total += cell.total;
      varGood += cell.varGood;
      varTotal += cell.varTotal;
      measuredMinutes += measuredMinutesOf(cell);
      oldest = cell.minute;
    }
    done.set(start, { fromMinute: Math.min(start, oldest), toMinute, good, total, varGood, varTotal, measuredMinutes });
  }
  return starts.flatMap((start) => done.get(start) ?? []);
}

/** A window in which nothing was measured. */
export function emptyWindow(windowMinutes: number, toMinute: number): WindowSums {
  return emptySums(windowStart(windowMinutes, toMinute), toMinute);
}

/** The same from a given minute on. */
export function emptySums(fromMinute: number, toMinute: number): WindowSums {
  return { fromMinute, toMinute, good: 0, total: 0, varGood: 0, varTotal: 0, measuredMinutes: 0 };
}

/** The window with a cell added (sign 1) or taken out (sign −1). */
export function withCell(window: WindowSums, cell: Cell, sign: 1 | -1): WindowSums {
  return {
    ...window,
    good: window.good + sign * cell.good,
    total: window.total + sign * cell.total,
    varGood: window.varGood + sign * cell.varGood,
    varTotal: window.varTotal + sign * cell.varTotal,
    measuredMinutes: window.measuredMinutes + sign * measuredMinutesOf(cell),
  };
}
