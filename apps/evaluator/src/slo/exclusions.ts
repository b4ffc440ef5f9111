import { excludedRanges, excludeFromCell, historyRanges, lateExclusions, packCells } from "@monotask/slo";
import type { KnownExclusion, LateExclusions, PackedRow, Slice, Slo } from "@monotask/slo";
import type { KnownExclusions, Recomputed } from "./excluded-past.ts";
import type { SloStore } from "./store.ts";

/** Hours are kept 95 days; what is older shows in no budget. */
const REACH_MINUTES = 95 * 1_440;
const SPANS = [1, 5, 60, 1_440] as const;

/**
 * Brings the past into line with exclusions that were added since the last tick: stored slices lose the events of that time, the running
 * sums are made anew, and what was taken out is put on record. All in one transaction, so that nothing is ever taken out twice.
 * @returns whether stored slices may have changed
 */
export async function applyLateExclusions(
  { slos, store }: { readonly slos: readonly Slo[]; readonly store: SloStore },
  minute: number,
): Promise<boolean> {
  const known = await store.knownExclusions();
  const now: KnownExclusions = Object.fromEntries(slos.map((slo) => [slo.name, knownNow(slo, known?.[slo.name] ?? [], minute)]));
  if (known !== undefined && JSON.stringify(known) === JSON.stringify(now)) return false;
  const fromMinute = minute - REACH_MINUTES;
  const late = slos.flatMap((slo): { slo: Slo; late: LateExclusions }[] => {
    // An SLO that is new, or stored before exclusions were noted, goes by its exclusions from its first minute on.
    const before = known?.[slo.name];
    const found = before && lateExclusions(before, slo.exclusions, fromMinute, minute);
    return found === undefined || found.ranges.length === 0 ? [] : [{ slo, late: found }];
  });
  const { rows, recomputed } = late.length === 0 ? NOTHING : await recompute(store, late, minute);
  await store.saveExclusions(known, now, rows, recomputed);
  return rows.length > 0;
}

/**
 * The exclusions of the file, and those that left it: what they took out stays out, and must not be taken out again where they come back,
 * as after a deploy that was rolled back.
 */
function knownNow({ exclusions }: Slo, before: readonly KnownExclusion[], minute: number): readonly KnownExclusion[] {
  const inFile = new Set(exclusions.map((exclusion) => JSON.stringify(exclusion)));
  const left = before
    .map((each) => ({ ...each, leftMinute: each.leftMinute ?? minute }))
    .filter(({ leftMinute, ...exclusion }) => {
      const isBack = inFile.has(JSON.stringify(exclusion)) && leftMinute === minute;
      return !isBack && excludedRanges([exclusion], minute - REACH_MINUTES, leftMinute).length > 0;
    });
  return [...exclusions, ...left];
}

const NOTHING = { rows: [], recomputed: [] } as const;

async function recompute(
  store: SloStore,
  late: readonly { readonly slo: Slo; readonly late: LateExclusions }[],
  minute: number,
): Promise<{ readonly rows: PackedRow[]; readonly recomputed: Recomputed[] }> {
  const ranges = late.flatMap((each) => each.late.ranges);
  const [from, to] = [Math.min(...ranges.map((range) => range.fromMinute)), Math.max(...ranges.map((range) => range.toMinute))];
  const rows: PackedRow[] = [];
  // Each stretch is counted once, in the cells that windows are summed from.
  const counted = historyRanges(minute, minute);
  const taken: { readonly name: string; readonly cell: Slice; readonly without: Slice }[] = [];
  for (const spanMinutes of SPANS) {
    const cells = await store.slices(spanMinutes, Math.floor(from / spanMinutes) * spanMinutes, to);
    for (const [startMinute, own] of Map.groupBy(cells, (cell) => cell.minute)) {
      const changed = own.map((cell) => {
        const of = late.find(({ slo }) => slo.name === cell.sloName);
        return of === undefined ? cell : excludeFromCell(of.slo, cell, of.late);
      });
      if (changed.every((cell, at) => cell === own[at])) continue;
      rows.push({ spanMinutes, startMinute, cells: packCells(changed) });
      const isCounted = counted.some(
        (range) => range.spanMinutes === spanMinutes && startMinute >= range.fromMinute && startMinute < range.beforeMinute,
      );
      if (!isCounted) continue;
      own.forEach((cell, at) => {
        const without = changed[at];
        if (without !== undefined && without !== cell) taken.push({ name: cell.sloName, cell, without });
      });
    }
  }
  const recomputed = late.flatMap(({ slo, late: { ranges: own } }) =>
    own.map(({ fromMinute, toMinute, exclusion: { reason, by } }): Recomputed => {
      const inside = taken.filter(
        ({ name, cell }) => name === slo.name && cell.minute < toMinute && cell.minute + (cell.spanMinutes ?? 1) > fromMinute,
      );
      const total = inside.reduce((sum, { cell, without }) => sum + cell.total - without.total, 0);
      const bad = inside.reduce((sum, { cell, without }) => sum + (cell.total - cell.good) - (without.total - without.good), 0);
      return { slo: slo.name, fromMinute, toMinute, reason, by, minute, total, bad };
    }),
  );
  return { rows, recomputed };
}
