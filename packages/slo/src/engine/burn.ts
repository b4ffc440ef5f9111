import { compareProducts, oneMinus } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import type { BurnRule, Slo } from "../model/slo.ts";
import { guardOf } from "./guard.ts";
import type { Guard } from "./guard.ts";
import { badOf, lengthOf } from "./window.ts";
import type { WindowSums } from "./window.ts";

/** One burn window of an SLO, ready to show. Ratios in it are floats for display; decisions are made on the counts. */
export interface BurnWindow extends WindowSums {
  /** As the rule names it: 60 for 1 h. The window itself may start some minutes earlier, at its tier's cell. */
  readonly windowMinutes: number;
  readonly bad: number;
  /** How many times faster than the budget rate failures come; minutes without data count as good at the mean rate. */
  readonly burn: number;
  /** Measured ÷ expected minutes, counted from the SLO's first data; 0..1. */
  readonly coverage: number;
  /** Minutes expected since the SLO's first data. */
  readonly expectedMinutes: number;
}

/** Coverage below 9/10 proves nothing: an alert neither fires anew from the silence nor ends by it. */
const LEAST_COVERAGE: Ratio = { num: 9, den: 10 };

/** Adds what is shown to a window's sums. */
export function burnWindow(slo: Slo, window: WindowSums, windowMinutes: number, firstMinute: number | undefined): BurnWindow {
  const bad = badOf(window);
  const budget = oneMinus(slo.target);
  const expectedMinutes = expectedSince(window, firstMinute);
  return {
    ...window,
    windowMinutes,
    bad,
    burn: window.total === 0 ? 0 : (bad * window.measuredMinutes * budget.den) / (window.total * lengthOf(window) * budget.num),
    // Idle minutes may have been measured before the first event.
    coverage: expectedMinutes === 0 ? 0 : Math.min(1, window.measuredMinutes / expectedMinutes),
    expectedMinutes,
  };
}

/**
 * Whether a window burns strictly faster than the rule's factor: bad·c/total > f·b, with c = measured ÷ all minutes of the window and
 * b = 1 − target, cross-multiplied into integers. c makes an unmeasured minute count as good at the mean rate: before the SLO's first
 * data too, so that one failed request in the first minute is no page, and a real outage after install still is within minutes.
 */
export function isBurning(window: WindowSums, factor: Ratio, target: Ratio): boolean {
  const budget = oneMinus(target);
  const observed = [badOf(window), window.measuredMinutes, factor.den, budget.den];
  const allowed = [window.total, lengthOf(window), factor.num, budget.num];
  return compareProducts(observed, allowed) > 0;
}

/** Whether enough of the window since the SLO's first data was measured to say that something is over. */
export function isCovered(window: WindowSums, firstMinute: number | undefined): boolean {
  const expected = expectedSince(window, firstMinute);
  return expected > 0 && compareProducts([window.measuredMinutes, LEAST_COVERAGE.den], [expected, LEAST_COVERAGE.num]) >= 0;
}

/** What a rule says of this minute alone, whatever was before. */
export type RuleVerdict = "fires" | "clear" | "no-data";

/** A rule with its windows and verdict. */
export interface RuleStatus {
  readonly rule: BurnRule;
  readonly verdict: RuleVerdict;
  /** Why it does not fire although both windows burn; undefined where nothing holds it back. */
  readonly heldBackBy: Guard | undefined;
  readonly long: BurnWindow;
  readonly short: BurnWindow;
}

/** Fires ⇔ both windows burn faster than the factor and neither chance nor sampling explains it. Otherwise clear, or no-data when the short window was hardly measured. */
export function ruleStatus(
  slo: Slo,
  rule: BurnRule,
  long: BurnWindow,
  short: BurnWindow,
  firstMinute: number | undefined,
): RuleStatus {
  const burns = isBurning(long, rule.factor, slo.target) && isBurning(short, rule.factor, slo.target);
  const heldBackBy = burns ? guardOf(slo, rule, long, short) : undefined;
  const fires = burns && heldBackBy === undefined;
  const verdict = fires ? "fires" : isCovered(short, firstMinute) ? "clear" : "no-data";
  return { rule, verdict, heldBackBy, long, short };
}

function expectedSince(window: WindowSums, firstMinute: number | undefined): number {
  if (firstMinute === undefined) return 0;
  return Math.max(0, window.toMinute - Math.max(window.fromMinute, firstMinute) + 1);
}
