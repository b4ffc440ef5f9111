import { compareProducts, oneMinus, ratio } from "../model/ratio.ts";
import { NEVER, windowAt } from "./board.ts";
import type { Board } from "./board.ts";
import { guardOf, isTailBelow } from "./guard.ts";
import type { Layout } from "./layout.ts";
import { periodLength } from "./window.ts";

const CLEAR = 0;
const FIRES = 1;
const NO_DATA = 2;
type Verdict = typeof CLEAR | typeof FIRES | typeof NO_DATA;

/**
 * Judges every alert of every SLO on a board whose windows have been moved on, and writes down what fires and since when. It decides what
 * `decide` decides, without words: an object is made only where two windows burn and chance has to be ruled out.
 * @returns the SLOs of which something fires, or fired the minute before: all that there is to tell of
 */
export function decideBoard(layout: Layout, board: Board): number[] {
  const { alertsFrom, rulesFrom, windowsFrom, hasLevels, silenceAfter, groupOf, periodOf } = layout;
  const lengths = layout.groups.map(({ of }) => periodLength(of, board.minute));
  const told: number[] = [];
  for (let index = 0; index < layout.slos.length; index += 1) {
    let alert = alertsFrom[index] ?? 0;
    let isTold = false;
    const rulesEnd = rulesFrom[index + 1] ?? 0;
    for (let rule = rulesFrom[index] ?? 0; rule < rulesEnd; rule += 1, alert += 1)
      if (note(board, alert, ruleVerdict(layout, board, index, rule))) isTold = true;
    if (hasLevels[index] === 1) {
      const isKnown = isCoveredAt(board, windowsFrom[index] ?? 0, board.firstMinute[index] ?? NEVER);
      const length = lengths[groupOf[periodOf[index] ?? 0] ?? 0] ?? 0;
      if (note(board, alert, isKnown ? budgetVerdict(layout, board, index, length, USED_LOW) : NO_DATA)) isTold = true;
      if (note(board, alert + 1, isKnown ? budgetVerdict(layout, board, index, length, USED_UP) : NO_DATA)) isTold = true;
      alert += 2;
    }
    const after = silenceAfter[index] ?? 0;
    if (after > 0 && note(board, alert, silenceVerdict(board, index, after))) isTold = true;
    if (isTold) told.push(index);
  }
  return told;
}

/** Writes a verdict down. @returns whether the alert fires, or fired before */
function note(board: Board, alert: number, verdict: Verdict): boolean {
  const wasFiring = board.firing[alert] === 1;
  const isFiring = verdict === NO_DATA ? wasFiring : verdict === FIRES;
  if (isFiring !== wasFiring || board.since[alert] === NEVER) {
    board.firing[alert] = isFiring ? 1 : 0;
    board.since[alert] = board.minute;
  }
  return isFiring || wasFiring;
}

function ruleVerdict(layout: Layout, board: Board, index: number, rule: number): Verdict {
  const long = layout.ruleLong[rule] ?? 0;
  const short = layout.ruleShort[rule] ?? 0;
  if (
    board.bad[short] !== 0 &&
    isBurningAt(layout, board, index, rule, short) &&
    isBurningAt(layout, board, index, rule, long) &&
    !isHeldBack(layout, board, index, rule)
  )
    return FIRES;
  return isCoveredAt(board, short, board.firstMinute[index] ?? NEVER) ? CLEAR : NO_DATA;
}

/** bad · measured · under > total · length · over, by floats where they settle it. */
function isBurningAt(layout: Layout, board: Board, index: number, rule: number, window: number): boolean {
  const bad = board.bad[window] ?? 0;
  const measured = board.measured[window] ?? 0;
  const total = board.total[window] ?? 0;
  const length = board.minute - (board.from[window] ?? 0) + 1;
  const verdict = compareByFloats(bad * measured * (layout.ruleUnder[rule] ?? 1), total * length * (layout.ruleOver[rule] ?? 1));
  return !Number.isNaN(verdict) ? verdict > 0 : isBurningExactly(layout, index, rule, [bad, measured], [total, length]);
}

function isBurningExactly(
  { slos, rules }: Layout,
  index: number,
  rule: number,
  observed: readonly number[],
  allowed: readonly number[],
): boolean {
  const [slo, own] = [slos[index], rules[rule]];
  if (slo === undefined || own === undefined) return false;
  const budget = oneMinus(slo.target);
  return compareProducts([...observed, own.factor.den, budget.den], [...allowed, own.factor.num, budget.num]) > 0;
}

const UNSURE = Number.NaN;
/** Both sides are products of three with at most two roundings each, and are subtracted: 8 × 2⁻⁵³ of them is more than all that together. */
const SLACK = 2 ** -50;

/** Above 0 where left > right for sure, at most 0 where it is not for sure, `UNSURE` where rounding leaves it open. */
function compareByFloats(left: number, right: number): number {
  const gap = left - right;
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return gap;
  return Math.abs(gap) > (left + right) * SLACK ? gap : UNSURE;
}

/** What `guardOf` says; counts that nothing was sampled from need no object to say it. */
function isHeldBack(layout: Layout, board: Board, index: number, rule: number): boolean {
  const long = layout.ruleLong[rule] ?? 0;
  const short = layout.ruleShort[rule] ?? 0;
  if (board.varTotal[long] === 0 && board.varTotal[short] === 0) {
    const alpha = layout.ruleAlpha[rule] ?? Number.NaN;
    if (Number.isNaN(alpha)) return false;
    const share = (layout.budgetOver[index] ?? 0) / (layout.budgetUnder[index] ?? 1);
    return !isTailBelow(board.bad[long] ?? 0, board.total[long] ?? 0, share, alpha);
  }
  const [slo, own] = [layout.slos[index], layout.rules[rule]];
  return slo !== undefined && own !== undefined && guardOf(slo, own, windowAt(board, long), windowAt(board, short)) !== undefined;
}

/** Whether nine tenths of a window since the SLO's first data were measured. */
function isCoveredAt(board: Board, window: number, firstMinute: number): boolean {
  if (firstMinute === NEVER) return false;
  const expected = board.minute - Math.max(board.from[window] ?? 0, firstMinute) + 1;
  return expected > 0 && (board.measured[window] ?? 0) * 10 >= expected * 9;
}

/** Shares of the budget above which an alert fires: 9/10 used is less than a tenth left. */
const USED_LOW = ratio(9, 10);
const USED_UP = ratio(1, 1);

function budgetVerdict(layout: Layout, board: Board, index: number, length: number, used: typeof USED_LOW): Verdict {
  const window = layout.periodOf[index] ?? 0;
  const bad = board.bad[window] ?? 0;
  if (bad === 0) return CLEAR;
  const measured = board.measured[window] ?? 0;
  const total = board.total[window] ?? 0;
  const over = layout.budgetOver[index] ?? 0;
  const under = layout.budgetUnder[index] ?? 1;
  const verdict = compareByFloats(bad * measured * (under * used.den), total * length * (over * used.num));
  if (!Number.isNaN(verdict)) return verdict > 0 ? FIRES : CLEAR;
  return compareProducts([bad, measured, under, used.den], [total, length, over, used.num]) > 0 ? FIRES : CLEAR;
}

function silenceVerdict(board: Board, index: number, afterMinutes: number): Verdict {
  const lastMinute = board.lastMinute[index] ?? NEVER;
  return lastMinute !== NEVER && board.minute - lastMinute >= afterMinutes ? FIRES : CLEAR;
}
