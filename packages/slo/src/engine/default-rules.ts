import { compareProducts, ratio, timesRatio } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import type { BurnRule, RuleId, RuleUrgency } from "../model/slo.ts";

interface Row {
  readonly id: RuleId;
  readonly urgency: RuleUrgency;
  readonly longMinutes: number;
  readonly shortMinutes: number;
  readonly share: Ratio;
}

const HOUR = 60;
const DAY = 1_440;
const WEEK = 7 * DAY;

/** Page 1h/5m and 6h/30m, ticket 1d/2h and 3d/6h: what differs between periods is the share of the budget that each may spend. */
function rows(shares: readonly [Ratio, Ratio, Ratio, Ratio]): readonly Row[] {
  return [
    { id: "page-fast", urgency: "page", longMinutes: HOUR, shortMinutes: 5, share: shares[0] },
    { id: "page-slow", urgency: "page", longMinutes: 6 * HOUR, shortMinutes: 30, share: shares[1] },
    { id: "ticket-fast", urgency: "ticket", longMinutes: DAY, shortMinutes: 2 * HOUR, share: shares[2] },
    { id: "ticket-slow", urgency: "ticket", longMinutes: 3 * DAY, shortMinutes: 6 * HOUR, share: shares[3] },
  ];
}

/** The SRE Workbook's shares ("Alerting on SLOs", table 5-8), with the 3-day ticket that Sloth and Datadog add. */
const WORKBOOK_SHARES: readonly [Ratio, Ratio, Ratio, Ratio] = [ratio(2, 100), ratio(5, 100), ratio(10, 100), ratio(10, 100)];

/**
 * Period in minutes → rows. 7 d: the workbook's shares would put tickets inside the budget, so they are raised until the factors
 * are like those of a month. 90 d: lowered, or a page would need an outage. The slow ticket asks for 1× wherever a sustained
 * overspend could otherwise go untold.
 */
const TABLES: ReadonlyMap<number, readonly Row[]> = new Map([
  [WEEK, rows([ratio(8, 100), ratio(125, 1_000), ratio(20, 100), ratio(3, 7)])],
  [28 * DAY, rows(WORKBOOK_SHARES)],
  [30 * DAY, rows(WORKBOOK_SHARES)],
  [90 * DAY, rows([ratio(1, 100), ratio(3, 100), ratio(5, 100), ratio(3, 90)])],
]);

/** Long windows for periods without a table. */
const LADDER_MINUTES = [15, 30, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY];
/** The factors of the 30-day table: the ladder's long window is the one that comes nearest to them. */
const WANTED_FACTORS = [14.4, 6, 3, 1];

const ONE = ratio(1, 1);

/** The default rules of a target and window, and those left out because no error rate reaches them. */
export interface DefaultRules {
  readonly rules: readonly BurnRule[];
  readonly dropped: readonly BurnRule[];
}

/**
 * Window pairs for a window of `periodMinutes` and an error budget `budget` = 1 − target. The factor is share · period / long, exactly,
 * but at least 1 (the share is then restated). A pair whose factor no error rate can reach (factor · budget ≥ 1) is dropped.
 * Windows under 7 days get one ticket: 1× over the window and its last twelfth.
 */
export function defaultRules(periodMinutes: number, budget: Ratio): DefaultRules {
  const wanted = periodMinutes < WEEK ? [singlePair(periodMinutes)] : (TABLES.get(periodMinutes) ?? ladder(periodMinutes));
  const rules = wanted.map((row) => toRule(row, periodMinutes));
  return {
    rules: rules.filter((rule) => isReachable(rule.factor, budget)),
    dropped: rules.filter((rule) => !isReachable(rule.factor, budget)),
  };
}

/** Whether an error rate of 100 % burns faster than `factor`: factor · budget < 1. */
export function isReachable(factor: Ratio, budget: Ratio): boolean {
  return compareProducts([factor.num, budget.num], [factor.den, budget.den]) < 0;
}

/** share = factor · long / period. */
export function budgetShareOf(factor: Ratio, longMinutes: number, periodMinutes: number): Ratio {
  return timesRatio(factor, ratio(longMinutes, periodMinutes));
}

/** factor = share · period / long. */
export function factorOf(share: Ratio, longMinutes: number, periodMinutes: number): Ratio {
  return timesRatio(share, ratio(periodMinutes, longMinutes));
}

function toRule(row: Row, periodMinutes: number): BurnRule {
  const { id, urgency, longMinutes, shortMinutes, share } = row;
  const solved = factorOf(share, longMinutes, periodMinutes);
  const factor = solved.num < solved.den ? ONE : solved;
  return { id, urgency, longMinutes, shortMinutes, factor, budgetShare: budgetShareOf(factor, longMinutes, periodMinutes) };
}

function singlePair(periodMinutes: number): Row {
  return { id: "ticket-fast", urgency: "ticket", longMinutes: periodMinutes, shortMinutes: twelfth(periodMinutes), share: ONE };
}

function ladder(periodMinutes: number): readonly Row[] {
  return rows(WORKBOOK_SHARES).map((row, index) => {
    const wantedMinutes = ((row.share.num / row.share.den) * periodMinutes) / (WANTED_FACTORS[index] ?? 1);
    const distance = (minutes: number): number => Math.abs(Math.log(minutes / wantedMinutes));
    const longMinutes = LADDER_MINUTES.reduce((best, minutes) => (distance(minutes) < distance(best) ? minutes : best), DAY);
    return { ...row, longMinutes, shortMinutes: twelfth(longMinutes) };
  });
}

/** The workbook's guideline for short windows, in whole minutes and never below two slices. */
function twelfth(longMinutes: number): number {
  return Math.max(2, Math.ceil(longMinutes / 12));
}
