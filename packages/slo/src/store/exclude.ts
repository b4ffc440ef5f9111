import type { Slice } from "../model/cell.ts";
import { measuredMinutesOf, spanOf } from "../model/cell.ts";
import { excludedRanges } from "../model/exclusion.ts";
import type { ExcludedRange } from "../model/exclusion.ts";
import type { Exclusion, Slo } from "../model/slo.ts";

/** The stretches of exclusions that are new in a list; what an earlier exclusion covers has been left out before. */
export interface LateExclusions {
  readonly ranges: readonly ExcludedRange[];
  readonly covered: readonly ExcludedRange[];
}

/** What has to be left out of the past after a list of exclusions has grown. Taking one away brings nothing back: its events were not kept. */
export function lateExclusions(
  before: readonly Exclusion[],
  now: readonly Exclusion[],
  fromMinute: number,
  toMinute: number,
): LateExclusions {
  const known = new Set(before.map((exclusion) => JSON.stringify(exclusion)));
  const added = now.filter((exclusion) => !known.has(JSON.stringify(exclusion)));
  return {
    ranges: excludedRanges(added, fromMinute, toMinute),
    covered: excludedRanges(before, fromMinute, toMinute),
  };
}

/**
 * A stored cell without the events of excluded time, as if the exclusion had been there when it was measured: events are left out, time
 * slices are good. Of a coarse cell that is excluded in part its share of the time is taken, events rounded down.
 */
export function excludeFromCell(slo: Slo, cell: Slice, { ranges, covered }: LateExclusions): Slice {
  const span = spanOf(cell);
  const excluded = excludedMinutes(cell.minute, span, ranges, covered);
  if (excluded === 0) return cell;
  const kept = (count: number): number => Math.floor((count * (span - excluded)) / span);
  const bad = kept(cell.total - cell.good);
  if (slo.method.kind === "timeslices") return { ...cell, good: cell.total - bad, varGood: 0, varTotal: 0 };
  const [good, varGood, varBad] = [kept(cell.good), kept(cell.varGood), kept(cell.varTotal - cell.varGood)];
  return { ...cell, measuredMinutes: measuredMinutesOf(cell), good, total: good + bad, varGood, varTotal: varGood + varBad };
}

function excludedMinutes(
  start: number,
  span: number,
  ranges: readonly ExcludedRange[],
  covered: readonly ExcludedRange[],
): number {
  const own = ranges.filter((range) => range.toMinute > start && range.fromMinute < start + span);
  if (own.length === 0) return 0;
  let minutes = 0;
  for (let minute = start; minute < start + span; minute += 1)
    if (isInside(own, minute) && !isInside(covered, minute)) minutes += 1;
  return minutes;
}

function isInside(ranges: readonly ExcludedRange[], minute: number): boolean {
  return ranges.some((range) => minute >= range.fromMinute && minute < range.toMinute);
}
