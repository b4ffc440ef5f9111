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
    at = readCell(text, colon + 1, counts, index === UNKNOWN ? UNKNOWN : index * COUNTS, spanMinutes);
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

function digits(count: number): string {
  return count === 0 ? "" : count.toString(BASE);
}

/** The row of counts as `packCells` writes it. */
export function packCounts(layout: Layout, counts: CellCounts, spanMinutes: number): string {
  let text = PACK_VERSION;
  for (const index of layout.byName) {
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
    text += `;${layout.names[index] ?? ""}:${figures}`;
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
const BASE = 36;

/** Rows hold names in order, so the next one is nearly always the one that is due. */
function placeOf(layout: Layout, text: string, start: number, end: number, rank: number): number {
  const due = layout.byName[rank];
  const name = due === undefined ? undefined : layout.names[due];
  if (due !== undefined && name?.length === end - start && text.startsWith(name, start)) return due;
  return layout.indexOf.get(text.slice(start, end)) ?? UNKNOWN;
}

const scratch = new Float64Array(COUNTS);

/** Reads the figures of one cell from `at` on. @returns where it ends, `UNKNOWN` where it is none */
function readCell(text: string, at: number, counts: CellCounts, to: number, spanMinutes: number): number {
  scratch.fill(0);
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
      scratch[figure] = value;
      figure += 1;
      value = 0;
      length = 0;
      if (code === SEMICOLON) break;
      continue;
    } else return UNKNOWN;
    length += 1;
    if (length > DIGITS_MOST) return UNKNOWN;
  }
  const [total = 0, bad = 0, varTotal = 0, varBad = 0, missing = 0] = scratch;
  if (bad > total || varBad > varTotal || missing > spanMinutes) return UNKNOWN;
  if (to === UNKNOWN) return end;
  counts[to] = total;
  counts[to + 1] = bad;
  counts[to + 2] = varTotal;
  counts[to + 3] = varBad;
  counts[to + MEASURED] = spanMinutes - missing;
  return end;
}
