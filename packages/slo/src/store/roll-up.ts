import type { TierSpan } from "../engine/window.ts";
import type { Slice } from "../model/cell.ts";
import { measuredMinutesOf } from "../model/cell.ts";

/**
 * Finer cells summed into cells of `spanMinutes`, per SLO: minute → five minutes → hour. Counts add, so what a window sums does not
 * change; minutes that were not measured stay not measured.
 * @returns sorted by minute, then name.
 */
export function rollUp(slices: readonly Slice[], spanMinutes: TierSpan): Slice[] {
  const rolled = new Map<string, Slice>();
  for (const slice of slices) {
    const minute = Math.floor(slice.minute / spanMinutes) * spanMinutes;
    const key = `${minute} ${slice.sloName}`;
    const sum = rolled.get(key);
    rolled.set(key, {
      sloName: slice.sloName,
      minute,
      spanMinutes,
      measuredMinutes: (sum?.measuredMinutes ?? 0) + measuredMinutesOf(slice),
      good: (sum?.good ?? 0) + slice.good,
      total: (sum?.total ?? 0) + slice.total,
      varGood: (sum?.varGood ?? 0) + slice.varGood,
      varTotal: (sum?.varTotal ?? 0) + slice.varTotal,
    });
  }
  return [...rolled.values()].sort(bySlice);
}

/** By minute, then by SLO. */
export function bySlice(a: Slice, b: Slice): number {
  return a.minute - b.minute || (a.sloName < b.sloName ? -1 : a.sloName > b.sloName ? 1 : 0);
}
