import { compareProducts, oneMinus, ratio } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import type { BurnRule, Slo } from "../model/slo.ts";
import { NEVER, windowAt } from "./board.ts";
import type { Board } from "./board.ts";
import type { Criteria, RuleCriteria } from "./criteria.ts";
import { guardOf, isTailBelow, isTailFarBelow } from "./guard.ts";
import type { Layout, WindowGroup } from "./layout.ts";
import { periodLength, windowStart } from "./window.ts";

const CLEAR = 0;
const FIRES = 1;
const NO_DATA = 2;
type Verdict = typeof CLEAR | typeof FIRES | typeof NO_DATA;

/**
 * Judges every alert of every SLO on a board whose windows have been moved on, and writes down what fires and since when. It decides what
 * `decide` decides, without words: most rules are settled by one look at their short window, and an object is made only where two windows
 * burn and chance has to be ruled out.
 * @returns the SLOs of which something fires, or fired the minute before: all that there is to tell of
 */
export function decideBoard(layout: Layout, board: Board): number[] {
  const { criteria, windowsFrom, alertsFrom, groupOf } = layout;
  const lengths = layout.groups.map((group) => lengthOfGroup(group, board.minute));
  const told: number[] = [];
  for (let index = 0; index < criteria.length; index += 1) {
    const own = criteria[index];
    if (own === undefined) continue;
    const first = windowsFrom[index] ?? 0;
    const dataFrom = board.firstMinute[index] ?? NEVER;
    let alert = alertsFrom[index] ?? 0;
    let isTold = false;
    for (const rule of own.rules) {
      if (note(board, alert, ruleVerdict(layout, board, index, rule, first, dataFrom))) isTold = true;
      alert += 1;
    }
    if (own.hasLevels) {
      const isKnown = isCoveredAt(board, first, dataFrom);
      const period = first + own.period;
      const length = lengths[groupOf[period] ?? 0] ?? 0;
      const low = isKnown ? budgetVerdict(board, period, length, own, USED_LOW) : NO_DATA;
      // What is not nearly used is not used up.
      const up = low === FIRES ? budgetVerdict(board, period, length, own, USED_UP) : low;
      if (note(board, alert, low)) isTold = true;
      if (note(board, alert + 1, up)) isTold = true;
      alert += 2;
    }
    if (own.silenceAfter > 0 && note(board, alert, silenceVerdict(board, index, own.silenceAfter))) isTold = true;
    if (isTold) told.push(index);
  }
  return told;
}

/** Minutes of the whole windows of a group. The SLO that a rolling group was made for may have it as a burn window only: its period is another. */
function lengthOfGroup({ key, of }: WindowGroup, minute: number): number {
  return key === 0 ? periodLength(of, minute) : minute - windowStart(key, minute) + 1;
}

/** Writes a verdict down. @returns whether the alert fires, or fired before */
function note({ firing, since, minute }: Board, alert: number, verdict: Verdict): boolean {
  const wasFiring = firing[alert] ?? 0;
  const isFiring = verdict === NO_DATA ? wasFiring : verdict;
  if (isFiring !== wasFiring || since[alert] === NEVER) {
    firing[alert] = isFiring;
    since[alert] = minute;
  }
  return (isFiring | wasFiring) !== 0;
}

function ruleVerdict(layout: Layout, board: Board, index: number, rule: RuleCriteria, first: number, dataFrom: number): Verdict {
  const short = first + rule.short;
  const observed = (board.bad[short] ?? 0) * (board.measured[short] ?? 0) * rule.under;
  const allowed = (board.total[short] ?? 0) * (board.minute + 1 - (board.from[short] ?? 0)) * rule.over;
  // Nearly all rules end here.
  if (observed > allowed * SURELY_BELOW && isFiring(layout, board, index, rule, first)) return FIRES;
  return isCoveredAt(board, short, dataFrom) ? CLEAR : NO_DATA;
}

/** Whether both windows burn and chance does not explain it. */
function isFiring(layout: Layout, board: Board, index: number, rule: RuleCriteria, first: number): boolean {
  return (
    isBurningAt(layout, board, index, rule, first + rule.short) &&
    isBurningAt(layout, board, index, rule, first + rule.long) &&
    !isHeldBack(layout, board, index, rule, first)
  );
}

/** bad · measured · under > total · length · over, by floats where they settle it. */
function isBurningAt(layout: Layout, board: Board, index: number, { over, under, rule }: RuleCriteria, window: number): boolean {
  const bad = board.bad[window] ?? 0;
  const measured = board.measured[window] ?? 0;
  const total = board.total[window] ?? 0;
  const length = board.minute - (board.from[window] ?? 0) + 1;
  const observed = bad * measured * under;
  const allowed = total * length * over;
  return isSettled(observed, allowed)
    ? observed > allowed
    : isBurningExactly(layout.slos[index], rule, [bad, measured], [total, length]);
}

function isBurningExactly(
  slo: Slo | undefined,
  rule: BurnRule,
  observed: readonly number[],
  allowed: readonly number[],
): boolean {
  if (slo === undefined) return false;
  const budget = oneMinus(slo.target);
  return compareProducts([...observed, rule.factor.den, budget.den], [...allowed, rule.factor.num, budget.num]) > 0;
}

/** Both sides are products of three with at most two roundings each, and are subtracted: 8 × 2⁻⁵³ of them is more than all that together. */
const SLACK = 2 ** -50;
/** A product below this share of another is below it, whatever was rounded. */
const SURELY_BELOW = 1 - 2 * SLACK;

/** Whether floats say for sure which of two products of integers is larger. */
function isSettled(left: number, right: number): boolean {
  return Math.abs(left - right) > (left + right) * SLACK || (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER);
}

/** What `guardOf` says; counts that nothing was sampled from need no object to say it. */
function isHeldBack(
  layout: Layout,
  board: Board,
  index: number,
  { rule, long, short, alpha, logAlpha }: RuleCriteria,
  first: number,
): boolean {
  const [slo, own] = [layout.slos[index], layout.criteria[index]];
  if (slo === undefined || own === undefined) return false;
  if (board.varTotal[first + long] !== 0 || board.varTotal[first + short] !== 0)
    return guardOf(slo, rule, windowAt(board, first + long), windowAt(board, first + short)) !== undefined;
  if (Number.isNaN(alpha)) return false;
  const [bad = 0, total = 0] = [board.bad[first + long], board.total[first + long]];
  return !isTailFarBelow(bad, total, own.budgetShare, logAlpha) && !isTailBelow(bad, total, own.budgetShare, alpha);
}

/** Whether nine tenths of a window since the SLO's first data were measured. */
function isCoveredAt({ from, measured, minute }: Board, window: number, dataFrom: number): boolean {
  const start = from[window] ?? 0;
  const expected = minute + 1 - (start > dataFrom ? start : dataFrom);
  return dataFrom !== NEVER && expected > 0 && (measured[window] ?? 0) * 10 >= expected * 9;
}

/** Shares of the budget above which an alert fires: 9/10 used is less than a tenth left. */
const USED_LOW = ratio(9, 10);
const USED_UP = ratio(1, 1);

function budgetVerdict(
  board: Board,
  window: number,
  length: number,
  { budgetOver, budgetUnder }: Criteria,
  used: Ratio,
): Verdict {
  const bad = board.bad[window] ?? 0;
  const measured = board.measured[window] ?? 0;
  const total = board.total[window] ?? 0;
  const spent = bad * measured * (budgetUnder * used.den);
  const allowed = total * length * (budgetOver * used.num);
  if (isSettled(spent, allowed)) return spent > allowed ? FIRES : CLEAR;
  return compareProducts([bad, measured, budgetUnder, used.den], [total, length, budgetOver, used.num]) > 0 ? FIRES : CLEAR;
}

function silenceVerdict({ lastMinute, minute }: Board, index: number, afterMinutes: number): Verdict {
  const last = lastMinute[index] ?? NEVER;
  return last !== NEVER && minute - last >= afterMinutes ? FIRES : CLEAR;
}
