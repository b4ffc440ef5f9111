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

/** An exclusion that stored cells go by; `leftMinute` where it has left the file: what was measured since then holds its events. */
export type KnownExclusion = Exclusion & { readonly leftMinute?: number };

/** Minutes before an exclusion left that may have been measured again after it had. */
const MEASURED_AGAIN_MINUTES = 10;

/** What has to be left out of the past after a list of exclusions has grown. Taking one away brings nothing back: its events were not kept. */
export function lateExclusions(
  before: readonly KnownExclusion[],
  now: readonly Exclusion[],
  fromMinute: number,
  toMinute: number,
): LateExclusions {
  const known = new Set(
    before.filter(({ leftMinute }) => leftMinute === undefined).map((exclusion) => JSON.stringify(exclusion)),
  );
  const added = now.filter((exclusion) => !known.has(JSON.stringify(exclusion)));
  const covered = before.flatMap(({ leftMinute, ...exclusion }) => {
    const until = leftMinute === undefined ? Infinity : leftMinute - MEASURED_AGAIN_MINUTES;
    return excludedRanges([exclusion], fromMinute, Math.min(toMinute, until)).map((range) => ({
      ...range,
      toMinute: Math.min(range.toMinute, until),
    }));
  });
  return { ranges: excludedRanges(added, fromMinute, toMinute), covered };
}

/**
 * A stored cell without the events of excluded time, as if the exclusion had been there when it was measured: events are left out, time
 * slices are good. Of a coarse cell that is excluded in part its share of the time is taken, events rounded down; its events are of the
 * minutes that no earlier exclusion covers.
 */
export function excludeFromCell(slo: Slo, cell: Slice, { ranges, covered }: LateExclusions): Slice {
  const minutes = Array.from({ length: spanOf(cell) }, (_, at) => cell.minute + at);
  if (!minutes.some((minute) => isInside(ranges, minute))) return cell;
  const open = minutes.filter((minute) => !isInside(covered, minute));
  const left = open.filter((minute) => !isInside(ranges, minute));
  if (left.length === open.length) return cell;
  const kept = (count: number): number => Math.floor((count * left.length) / open.length);
  const bad = kept(cell.total - cell.good);
  if (slo.method.kind === "timeslices") return { ...cell, good: cell.total - bad, varGood: 0, varTotal: 0 };
  const [good, varGood, varBad] = [kept(cell.good), kept(cell.varGood), kept(cell.varTotal - cell.varGood)];
  return { ...cell, measuredMinutes: measuredMinutesOf(cell), good, total: good + bad, varGood, varTotal: varGood + varBad };
}

function isInside(ranges: readonly ExcludedRange[], minute: number): boolean {
  return ranges.some((range) => minute >= range.fromMinute && minute < range.toMinute);
}
