import { compareProducts, floorQuotient, oneMinus } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import type { Slo } from "../model/slo.ts";
import { periodAt } from "../model/period.ts";
import { badOf, lengthOf, periodLength } from "./window.ts";
import type { WindowSums } from "./window.ts";

/** The error budget of an SLO's window. Signed and never clamped: −20 events left means 20 more failed than the target allows. */
export interface Budget {
  /** Failed or slow events in the window. */
  readonly consumedEvents: number;
  /** Events that may fail in a whole window; what is not measured, or yet to come of a calendar period, is taken at the mean rate. Rounded down. */
  readonly allowedEvents: number;
  /** `allowedEvents` − `consumedEvents`; below 0 exactly when more than 100 % of the budget is used. */
  readonly leftEvents: number;
  /** 1 = untouched, 0 = used exactly. For display. */
  readonly leftRatio: number;
  /** The same as minutes of total outage: of 43.2 at 99.9 % over 30 d. For display. */
  readonly leftMinutes: number;
  /** Minutes of total outage that the whole window allows. */
  readonly allowedMinutes: number;
  /**
   * Minutes until nothing is left if failures keep coming as in the governing window; undefined when none come, when nothing is left, and
   * when failures leave the window (or the period ends) before that.
   */
  readonly exhaustedInMinutes: number | undefined;
}

/**
 * @param period the sums of the SLO's whole window
 * @param recent the window whose rate of failures is taken to go on
 */
export function budgetOf(slo: Slo, period: WindowSums, recent: WindowSums): Budget {
  const share = oneMinus(slo.target);
  const consumedEvents = badOf(period);
  const length = periodLength(slo.window, period.toMinute);
  const nominal = slo.window.kind === "rolling" ? slo.window.minutes : length;
  const allowedMinutes = (nominal * share.num) / share.den;
  const isMeasured = period.total > 0 && period.measuredMinutes > 0;
  const allowedEvents = isMeasured ? floorQuotient([period.total, length, share.num], [period.measuredMinutes, share.den]) : 0;
  const leftEvents = allowedEvents - consumedEvents;
  const exactlyAllowed = isMeasured ? (period.total * length * share.num) / (period.measuredMinutes * share.den) : 0;
  const leftRatio = exactlyAllowed === 0 ? 1 : 1 - consumedEvents / exactlyAllowed;
  return {
    consumedEvents,
    allowedEvents,
    leftEvents,
    leftRatio,
    leftMinutes: leftRatio * allowedMinutes,
    allowedMinutes,
    exhaustedInMinutes: minutesToExhaustion(slo, leftEvents, recent),
  };
}

/** Whether strictly less than `share` of the budget is left, exactly: bad > (1 − share)·b·total·length/measured. */
export function isBudgetBelow(slo: Slo, period: WindowSums, share: Ratio): boolean {
  const budget = oneMinus(slo.target);
  const used = oneMinus(share);
  const length = periodLength(slo.window, period.toMinute);
  return (
    compareProducts([badOf(period), period.measuredMinutes, budget.den, used.den], [period.total, length, budget.num, used.num]) >
    0
  );
}

/** Minutes until `leftEvents` have failed at the rate of a window; undefined when that does not come to pass. */
export function minutesToExhaustion(slo: Slo, leftEvents: number, recent: WindowSums): number | undefined {
  if (leftEvents <= 0 || badOf(recent) <= 0) return undefined;
  const minutes = (leftEvents * lengthOf(recent)) / badOf(recent);
  return minutes > minutesToCome(slo, recent.toMinute) ? undefined : minutes;
}

/** How long what fails now counts against the budget: the whole of a rolling window, the rest of a calendar period. */
function minutesToCome({ window }: Slo, toMinute: number): number {
  return window.kind === "rolling" ? window.minutes : periodAt(window.unit, window.timeZone, toMinute).endMinute - toMinute - 1;
}
