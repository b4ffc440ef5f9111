import type { Slice } from "../model/cell.ts";
import { measuredMinutesOf, spanOf } from "../model/cell.ts";
import { packFigures, PACK_VERSION as VERSION } from "./counts.ts";
const COUNT = /^[0-9a-z]{1,11}$/;

/**
 * All SLIs of one stored cell as one short text: `1;name:total,bad,varTotal,varBad,missing;…` in base 36, zeros at the end left out, sorted
 * by name, so that equal slices give equal texts. Minute and span are the row's key and not in the text.
 */
export function packCells(slices: readonly Slice[]): string {
  const isSorted = slices.every((slice, at) => at === 0 || (slices[at - 1]?.sloName ?? "") < slice.sloName);
  const sorted = isSorted ? slices : [...slices].sort((a, b) => (a.sloName < b.sloName ? -1 : 1));
  let text = VERSION;
  for (const slice of sorted) text += `;${packSlice(slice)}`;
  return text;
}

export type UnpackResult =
  { readonly kind: "slices"; readonly slices: readonly Slice[] } | { readonly kind: "corrupt"; readonly message: string };

/** Reads a packed row back. A text that was not written by `packCells` is named as corrupt, in whole: half a row is no data. */
export function unpackCells(text: string, key: { readonly minute: number; readonly spanMinutes: number }): UnpackResult {
  const [version, ...entries] = text.split(";");
  const where = `the packed row of minute ${key.minute} (${key.spanMinutes} min)`;
  if (version !== VERSION)
    return { kind: "corrupt", message: `${where} has format "${String(version).slice(0, 20)}", expected "${VERSION}"` };
  const slices: Slice[] = [];
  for (const entry of entries) {
    const slice = unpackSlice(entry, key);
    if (slice === undefined) return { kind: "corrupt", message: `${where} holds "${entry.slice(0, 40)}", which is not a slice` };
    slices.push(slice);
  }
  return { kind: "slices", slices };
}

function packSlice(slice: Slice): string {
  const missing = spanOf(slice) - measuredMinutesOf(slice);
  const figures = packFigures(slice.total, slice.total - slice.good, slice.varTotal, slice.varTotal - slice.varGood, missing);
  return `${slice.sloName}:${figures}`;
}

function unpackSlice(entry: string, key: { readonly minute: number; readonly spanMinutes: number }): Slice | undefined {
  const colon = entry.indexOf(":");
  if (colon <= 0) return undefined;
  const counts = entry
    .slice(colon + 1)
    .split(",")
    .map((digits) => (digits === "" ? 0 : COUNT.test(digits) ? Number.parseInt(digits, 36) : Number.NaN));
  const [total = 0, bad = 0, varTotal = 0, varBad = 0, missing = 0] = counts;
  const isSound = counts.length <= 5 && counts.every((count) => Number.isSafeInteger(count));
  if (!isSound || bad > total || varBad > varTotal || missing > key.spanMinutes) return undefined;
  return {
    sloName: entry.slice(0, colon),
    minute: key.minute,
    spanMinutes: key.spanMinutes,
    measuredMinutes: key.spanMinutes - missing,
    total,
    good: total - bad,
    varTotal,
    varGood: varTotal - varBad,
  };
}
