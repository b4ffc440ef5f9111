import type { PanelData, PanelSeries, PanelUnit } from "@monotask/panels";
import type { TimeRange } from "../time.ts";

/** The stretch of the same length that ended where the range begins. */
export function rangeBefore({ fromMs, toMs }: TimeRange): TimeRange {
  return { id: undefined, fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
}

/** Where figures were read from. */
type Source = "points" | "daily-aggregates";

/** Why two periods cannot stand beside each other; undefined where they can. What is kept by day is kept of everything. */
export function whyNotComparable(now: Source, before: Source, isNarrowed: boolean): string | undefined {
  if (now === before || !isNarrowed) return undefined;
  return "Of the period before only whole days are kept, of everything together: not compared while the page is narrowed.";
}

/** The series of the same group and label in the period before. */
export function sameSeries(series: PanelSeries, before: PanelData | undefined): PanelSeries | undefined {
  const key = keyOf(series);
  return before?.series.find((one) => keyOf(one) === key);
}

/** `+12 %`, `−0.3 points` of a share, `the same`; undefined where one of both is not known. */
export function changeText(now: number | null, before: number | null | undefined, unit: PanelUnit): string | undefined {
  if (now === null || before === null || before === undefined) return undefined;
  if (unit === "percent") return signed((now - before) * 100, "points");
  if (before === 0) return now === 0 ? "the same" : "from 0";
  return signed((now / before - 1) * 100, "%");
}

/** Points of the period before, at the steps of this one; a gap where there was none, all gaps where it was read in other steps. */
export function pointsBefore(data: PanelData, before: PanelData, series: PanelSeries, shiftMs: number): (number | null)[] {
  // A day's figure is none of four hours.
  if (before.stepSeconds !== data.stepSeconds) return data.steps.map(() => null);
  const byStep = new Map(before.steps.map((step, at) => [step, series.points[at] ?? null]));
  const { stepSeconds } = before;
  return data.steps.map((step) => byStep.get(Math.floor((step - shiftMs / 1_000) / stepSeconds) * stepSeconds) ?? null);
}

function signed(change: number, unit: string): string {
  const size = Math.abs(change);
  const text = size >= 100 ? size.toFixed(0) : String(Number(size.toPrecision(2)));
  if (size < 0.005) return "the same";
  return `${change > 0 ? "+" : "−"}${text} ${unit}`;
}

function keyOf({ group, label }: PanelSeries): string {
  return JSON.stringify([...group, label ?? ""]);
}
