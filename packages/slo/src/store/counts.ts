import type { Layout } from "../engine/layout.ts";

/**
 * The counts of all SLOs in one stored cell, in the places of a layout: total, bad, varTotal, varBad and measured minutes of each. 0
 * measured minutes stand for no cell.
 */
export type CellCounts = Float64Array;

export const COUNTS = 5;
export const MEASURED = 4;

/** First part of a packed row; a reader that meets another refuses it instead of guessing. */
export const PACK_VERSION = "1";
const DIGITS_MOST = 11;
const BASE = 36;

export function noCounts(layout: Layout): CellCounts {
  return new Float64Array(layout.slos.length * COUNTS);
}

/**
 * Reads a row of `packCells` into the places of a layout, without an object for any cell. SLOs that are not in the layout are passed over.
 * @returns undefined for a text that was not written by `packCells`: half a row is no data
 */
export function readCounts(layout: Layout, text: string, spanMinutes: number): CellCounts | undefined {
  const counts = noCounts(layout);
  if (!text.startsWith(PACK_VERSION)) return undefined;
  let at = PACK_VERSION.length;
  let rank = 0;
  while (at < text.length) {
    if (text.charCodeAt(at) !== SEMICOLON) return undefined;
    const colon = text.indexOf(":", at);
    if (colon <= at + 1) return undefined;
    const index = placeOf(layout, text, at + 1, colon, rank);
    if (index !== UNKNOWN) rank = (layout.rankOf[index] ?? 0) + 1;
    at =
      index === UNKNOWN
        ? readCell(text, colon + 1, PASSED_OVER, 0, spanMinutes)
        : readCell(text, colon + 1, counts, index * COUNTS, spanMinutes);
    if (at === UNKNOWN) return undefined;
  }
  return counts;
}

/** The figures of one cell in base 36, zeros at the end left out. */
export function packFigures(total: number, bad: number, varTotal: number, varBad: number, missing: number): string {
  if (missing !== 0) return `${digits(total)},${digits(bad)},${digits(varTotal)},${digits(varBad)},${digits(missing)}`;
  if (varBad !== 0) return `${digits(total)},${digits(bad)},${digits(varTotal)},${digits(varBad)}`;
  if (varTotal !== 0) return `${digits(total)},${digits(bad)},${digits(varTotal)}`;
  return bad === 0 ? digits(total) : `${digits(total)},${digits(bad)}`;
}

/** Two digits for each number below 36²: `toString(36)` goes through floats, and would be the dearest part of a row. */
const PAIR = 36 ** 2;
const PAIRS = Array.from({ length: PAIR }, (_, number) => number.toString(BASE).padStart(2, "0"));

/** A whole number in base 36; nothing for 0. */
function digits(count: number): string {
  let text = "";
  let left = count;
  while (left >= PAIR) {
    const above = Math.floor(left / PAIR);
    text = `${PAIRS[left - above * PAIR] ?? ""}${text}`;
    left = above;
  }
  const first = left >= BASE ? (PAIRS[left] ?? "") : left === 0 ? "" : left.toString(BASE);
  return first + text;
}

/** The row of counts as `packCells` writes it. */
export function packCounts(layout: Layout, counts: CellCounts, spanMinutes: number): string {
  const { byName, names } = layout;
  let text = PACK_VERSION;
  for (let rank = 0; rank < byName.length; rank += 1) {
    const index = byName[rank] ?? 0;
    const at = index * COUNTS;
    const measured = counts[at + MEASURED] ?? 0;
    if (measured === 0) continue;
    const figures = packFigures(
      counts[at] ?? 0,
      counts[at + 1] ?? 0,
      counts[at + 2] ?? 0,
      counts[at + 3] ?? 0,
      spanMinutes - measured,
    );
    text += `;${names[index] ?? ""}:${figures}`;
  }
  return text;
}

/** Adds the counts of one row to another. */
export function addCounts(to: CellCounts, of: CellCounts): void {
  for (let at = 0; at < to.length; at += 1) to[at] = (to[at] ?? 0) + (of[at] ?? 0);
}

const SEMICOLON = 59;
const COMMA = 44;
const UNKNOWN = -1;

/** Rows hold names in order, so the next one is nearly always the one that is due. */
function placeOf(layout: Layout, text: string, start: number, end: number, rank: number): number {
  const due = layout.byName[rank];
  const name = due === undefined ? undefined : layout.names[due];
  if (due !== undefined && name?.length === end - start && text.startsWith(name, start)) return due;
  return layout.indexOf.get(text.slice(start, end)) ?? UNKNOWN;
}

/** Where the figures of SLOs go that are not in the layout. */
const PASSED_OVER = new Float64Array(COUNTS);

/** Reads the figures of one cell from `at` on. @returns where it ends, `UNKNOWN` where it is none */
function readCell(text: string, at: number, counts: CellCounts, to: number, spanMinutes: number): number {
  for (let place = 0; place < COUNTS; place += 1) counts[to + place] = 0;
  let figure = 0;
  let length = 0;
  let value = 0;
  let end = at;
  for (; end <= text.length; end += 1) {
    const code = end === text.length ? SEMICOLON : text.charCodeAt(end);
    if (code >= 48 && code <= 57) value = value * BASE + (code - 48);
    else if (code >= 97 && code <= 122) value = value * BASE + (code - 87);
    else if (code === COMMA || code === SEMICOLON) {
      if (figure === COUNTS || !Number.isSafeInteger(value)) return UNKNOWN;
      counts[to + figure] = value;
      figure += 1;
      value = 0;
      length = 0;
      if (code === SEMICOLON) break;
      continue;
    } else return UNKNOWN;
    length += 1;
    if (length > DIGITS_MOST) return UNKNOWN;
  }
  const missing = counts[to + MEASURED] ?? 0;
  const isTooMany = (part: number, all: number): boolean => (counts[to + part] ?? 0) > (counts[to + all] ?? 0);
  if (isTooMany(1, 0) || isTooMany(3, 2) || missing > spanMinutes) return UNKNOWN;
  counts[to + MEASURED] = spanMinutes - missing;
  return end;
}
