import { toNumber } from "../model/ratio.ts";
import { compareProducts, oneMinus } from "../model/ratio.ts";
import type { Slice } from "../model/cell.ts";
import { spanOf, measuredMinutesOf } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { excludedRanges } from "../model/exclusion.ts";
import { budgetOf } from "../engine/budget.ts";
import { periodKey, startOfLength } from "../engine/evaluate.ts";
import { eventsWord } from "../engine/sentence.ts";
import { sumFrom } from "../engine/window.ts";

/** Weekly: did each objective hold. Monthly: what became of each budget. */
export type ReportKind = "weekly" | "monthly";

/** What a report is made from; no clock and no store are read. */
export interface ReportInput {
  readonly kind: ReportKind;
  readonly fromMinute: number;
  /** Not included. */
  readonly toMinute: number;
  readonly slos: readonly ReportedSlo[];
  /** Alerts of the time that nobody acknowledged while they fired. */
  readonly unacknowledged: readonly { readonly name: string; readonly firedMinute: number }[];
  /** Messages that wait in dead letter queues, grouped by queue and failure; undefined where that is not known. */
  readonly deadLetters: readonly DeadLetterGroup[] | undefined;
  /** Metrics that are written and that no panel shows; undefined where that is not known. */
  readonly unshownMetrics: readonly string[] | undefined;
}

/** Dead letters of one queue that failed alike. */
export interface DeadLetterGroup {
  readonly queue: string;
  readonly error: string;
  readonly fingerprint: string;
  readonly count: number;
  /** Minute in which the oldest of them died. */
  readonly oldestMinute: number;
  /** Ids of some of them, newest first. */
  readonly messageIds: readonly string[];
}

export interface ReportedSlo {
  readonly slo: Slo;
  /** Hours (or finer cells) of the report's time, sorted. */
  readonly cells: readonly Slice[];
  /** Budget left at the end of the time, 1 = untouched; undefined where it is not known. */
  readonly budgetLeftRatio: number | undefined;
}

/** One day of a report. */
export interface ReportDay {
  readonly startMinute: number;
  readonly good: number;
  readonly total: number;
  readonly measuredMinutes: number;
}

/** One objective of a report. */
export interface ReportLine {
  readonly name: string;
  readonly target: string;
  readonly events: string;
  readonly good: number;
  readonly total: number;
  /** undefined: nothing was measured, which is neither kept nor missed. */
  readonly isMet: boolean | undefined;
  /** Share of good events; undefined without any. */
  readonly compliance: number | undefined;
  /** Bad events of the time ÷ what the target allows for its events; 1 = exactly all of it. */
  readonly budgetSpent: number | undefined;
  readonly budgetLeftRatio: number | undefined;
  /** Share of the minutes that were measured. */
  readonly coverage: number;
  readonly days: readonly ReportDay[];
  readonly exclusions: readonly {
    readonly fromMinute: number;
    readonly toMinute: number;
    readonly reason: string;
    readonly by: string;
  }[];
}

export interface Report extends Omit<ReportInput, "slos"> {
  readonly title: string;
  readonly lines: readonly ReportLine[];
}

const DAY = 1_440;
const MOST_EXCLUSIONS = 40;

/** Works a report out. The same input gives the same report. */
export function makeReport(input: ReportInput): Report {
  const { slos, ...rest } = input;
  const first = new Date(input.fromMinute * 60_000).toISOString().slice(0, 10);
  const last = new Date((input.toMinute - 1) * 60_000).toISOString().slice(0, 10);
  const title = input.kind === "weekly" ? `SLO compliance, ${first} to ${last}` : `Error budgets, ${first} to ${last}`;
  return { ...rest, title, lines: slos.map((slo) => lineOf(slo, input)) };
}

function lineOf({ slo, cells, budgetLeftRatio }: ReportedSlo, { fromMinute, toMinute }: ReportInput): ReportLine {
  const inside = cells.filter((cell) => cell.minute >= fromMinute && cell.minute + spanOf(cell) <= toMinute);
  const good = sum(inside, (cell) => cell.good);
  const total = sum(inside, (cell) => cell.total);
  const measured = sum(inside, measuredMinutesOf);
  const budget = oneMinus(slo.target);
  const difference = compareProducts([good, slo.target.den], [total, slo.target.num]);
  return {
    name: slo.name,
    target: `${slo.isStrict ? "> " : ""}${slo.targetText.replace("%", " %")}`,
    events: eventsWord(slo),
    good,
    total,
    isMet: total === 0 ? undefined : slo.isStrict ? difference > 0 : difference >= 0,
    compliance: total === 0 ? undefined : good / total,
    budgetSpent: total === 0 ? undefined : (total - good) / (total * toNumber(budget)),
    budgetLeftRatio,
    coverage: measured / (toMinute - fromMinute),
    days: daysOf(inside, fromMinute, toMinute),
    exclusions: excludedRanges(slo.exclusions, fromMinute, toMinute)
      .slice(0, MOST_EXCLUSIONS)
      .map((range) => ({
        fromMinute: range.fromMinute,
        toMinute: range.toMinute,
        reason: range.exclusion.reason,
        by: range.exclusion.by,
      })),
  };
}

/** The first minute of the window whose budget an SLO has left after a minute. */
export function budgetStart({ window }: Slo, minute: number): number {
  return startOfLength(window, periodKey(window), minute);
}

/**
 * The share of an SLO's budget that was left after a minute of the past; undefined where nothing of its window was measured.
 * @param cells sorted, from `budgetStart` on
 */
export function budgetLeftAt(slo: Slo, cells: readonly Slice[], minute: number): number | undefined {
  const [period] = sumFrom(cells, minute, [budgetStart(slo, minute)]);
  return period === undefined || period.measuredMinutes === 0 ? undefined : budgetOf(slo, period, period).leftRatio;
}

function daysOf(cells: readonly Slice[], fromMinute: number, toMinute: number): ReportDay[] {
  const days: ReportDay[] = [];
  for (let start = fromMinute; start < toMinute; start += DAY) {
    const own = cells.filter((cell) => cell.minute >= start && cell.minute < start + DAY);
    days.push({
      startMinute: start,
      good: sum(own, (cell) => cell.good),
      total: sum(own, (cell) => cell.total),
      measuredMinutes: sum(own, measuredMinutesOf),
    });
  }
  return days;
}

function sum(cells: readonly Slice[], of: (cell: Slice) => number): number {
  return cells.reduce((total, cell) => total + of(cell), 0);
}

/** The last whole week (from Monday) or month before a minute, in UTC. */
export function reportPeriod(kind: ReportKind, beforeMinute: number): { readonly fromMinute: number; readonly toMinute: number } {
  const now = new Date(beforeMinute * 60_000);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  if (kind === "monthly")
    return { fromMinute: Date.UTC(year, month - 1, 1) / 60_000, toMinute: Date.UTC(year, month, 1) / 60_000 };
  const toMinute = Date.UTC(year, month, day - ((now.getUTCDay() + 6) % 7)) / 60_000;
  return { fromMinute: toMinute - 7 * DAY, toMinute };
}
