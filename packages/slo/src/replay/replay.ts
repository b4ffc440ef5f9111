import type { SloStatus } from "../engine/evaluate.ts";
import type { Slice } from "../model/cell.ts";
import { spanOf } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { Player } from "../tick/player.ts";
import { Timings } from "./timings.ts";

/** What an SLO would have done over stored counts. */
export interface Replayed {
  readonly slo: Slo;
  readonly timings: Timings;
  readonly fromMinute: number;
  readonly toMinute: number;
  /** How it stood at the end. */
  readonly last: SloStatus;
}

export interface ReplayOptions {
  /** Told now and then how far it is, 0..1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Runs SLOs over cells of minutes (or coarser ones, which are spread evenly over their minutes) as the evaluator would have, minute by
 * minute from the first cell to the last. The same cells give the same result, bit by bit.
 */
export function replay(slos: readonly Slo[], cells: readonly Slice[], options: ReplayOptions = {}): Replayed[] {
  const minutes = new Map<number, Slice[]>();
  for (const cell of cells) {
    for (const slice of spread(cell)) {
      const known = minutes.get(slice.minute);
      if (known === undefined) minutes.set(slice.minute, [slice]);
      else known.push(slice);
    }
  }
  const known = [...minutes.keys()];
  if (known.length === 0) return [];
  const fromMinute = known.reduce((least, minute) => Math.min(least, minute));
  const toMinute = known.reduce((most, minute) => Math.max(most, minute));
  const player = new Player(slos);
  const timings = slos.map(() => new Timings());
  let statuses: readonly SloStatus[] = [];
  for (let minute = fromMinute; minute <= toMinute; minute += 1) {
    statuses = player.minute(minute, minutes.get(minute) ?? []);
    statuses.forEach((status, index) => timings[index]?.note(status));
    if (minute % 1_440 === 0) options.onProgress?.((minute - fromMinute + 1) / (toMinute - fromMinute + 1));
  }
  options.onProgress?.(1);
  return slos.flatMap((slo, index) => {
    const last = statuses[index];
    const own = timings[index];
    return last === undefined || own === undefined ? [] : [{ slo, timings: own, fromMinute, toMinute, last }];
  });
}

/** A coarse cell as equal minutes, whole events each: the sums stay what they were. */
function spread(cell: Slice): Slice[] {
  const span = spanOf(cell);
  if (span === 1) return [cell];
  const measured = cell.measuredMinutes ?? span;
  return Array.from({ length: measured }, (_, index) => {
    const share = (count: number): number =>
      Math.floor((count * (index + 1)) / measured) - Math.floor((count * index) / measured);
    const [bad, varBad] = [share(cell.total - cell.good), share(cell.varTotal - cell.varGood)];
    const [total, varTotal] = [Math.max(bad, share(cell.total)), Math.max(varBad, share(cell.varTotal))];
    return { sloName: cell.sloName, minute: cell.minute + index, total, good: total - bad, varTotal, varGood: varTotal - varBad };
  });
}
