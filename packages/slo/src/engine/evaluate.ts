import type { Cell } from "../model/cell.ts";
import { spanOf } from "../model/cell.ts";
import { compareProducts } from "../model/ratio.ts";
import type { Slo, SloAlertId, SloWindow } from "../model/slo.ts";
import { budgetOf } from "./budget.ts";
import type { Budget } from "./budget.ts";
import { burnWindow, isCovered, ruleStatus } from "./burn.ts";
import type { BurnWindow, RuleStatus } from "./burn.ts";
import { allRules, decide } from "./decide.ts";
import type { AlertMemory, Judged, SloAlert } from "./decide.ts";
import { burnSentence, noDataSentence, noEventsSentence } from "./sentence.ts";
import { emptySums, lengthOf, periodStart, sumFrom, windowStart } from "./window.ts";
import type { WindowSums } from "./window.ts";

/** no-data: the newest minutes were hardly measured and nothing fires; never shown as good. */
export type SloState = "ok" | "burning" | "exhausted" | "no-data";

/** How an SLO stands at the end of one minute. */
export interface SloStatus extends Judged {
  readonly name: string;
  readonly state: SloState;
  /** Whether the events so far keep the target; a budget may be left although a strict target is just missed. */
  readonly isMet: boolean;
  /** Each burn window once, and the SLO's own; shortest first. */
  readonly windows: readonly BurnWindow[];
  /** The window the sentence speaks of: the long window of the firing rule, or of the one nearest to firing. */
  readonly governing: BurnWindow;
  readonly alerts: readonly SloAlert[];
  readonly sentence: string;
}

/** The moment an SLO is judged at. */
export interface EvaluationMoment {
  /** The newest complete minute (`watermarkMinute`); it counts, later cells do not. */
  readonly nowMinute: number;
  /** The minute of the SLO's first data ever; undefined when there is none. Coverage counts from it. */
  readonly firstMinute: number | undefined;
  /** The alerts of the minute before. */
  readonly previous?: readonly AlertMemory[];
}

/**
 * Judges an SLO from its cells.
 * @param cells sorted by minute, without overlaps, over the SLO's whole window; minutes that were not measured are left out.
 */
export function evaluateSlo(slo: Slo, cells: readonly Cell[], moment: EvaluationMoment): SloStatus {
  const { nowMinute } = moment;
  const lengths = windowLengths(slo);
  const sums = sumFrom(
    cells,
    nowMinute,
    lengths.map((length) => startOfLength(slo.window, length, nowMinute)),
  );
  const newestCell = cells.findLast((cell) => cell.minute <= nowMinute);
  return evaluateWindows(
    slo,
    new Map(lengths.flatMap((length, index) => (sums[index] === undefined ? [] : [[length, sums[index]]]))),
    {
      ...moment,
      lastMinute: newestCell === undefined ? undefined : Math.min(nowMinute, newestCell.minute + spanOf(newestCell) - 1),
    },
  );
}

/** The key of an SLO's own window among its window lengths. A calendar window has no fixed length and counts as 0. */
export function periodKey(window: SloWindow): number {
  return window.kind === "rolling" ? window.minutes : 0;
}

/** First minute of the window with a key of `windowLengths`. */
export function startOfLength(window: SloWindow, length: number, toMinute: number): number {
  return length === periodKey(window) ? periodStart(window, toMinute) : windowStart(length, toMinute);
}

/** The lengths in minutes of all windows an SLO needs, each once, shortest first; a calendar window, as 0, comes last. */
export function windowLengths(slo: Slo): number[] {
  const lengths = allRules(slo).flatMap((rule) => [rule.longMinutes, rule.shortMinutes]);
  const sorted = [...new Set([...lengths, slo.window.minutes])].sort((a, b) => a - b);
  return slo.window.kind === "rolling" ? sorted : [...new Set(lengths)].sort((a, b) => a - b).concat(0);
}

/**
 * The same from sums that are kept from tick to tick (`rollWindow`), without the cells.
 * @param sums one entry per length of `windowLengths`; a missing one counts as not measured.
 */
export function evaluateWindows(
  slo: Slo,
  sums: ReadonlyMap<number, WindowSums>,
  moment: EvaluationMoment & { readonly lastMinute: number | undefined },
): SloStatus {
  const { nowMinute, firstMinute, lastMinute } = moment;
  const windowOf = (length: number): BurnWindow => {
    const window = sums.get(length) ?? emptySums(startOfLength(slo.window, length, nowMinute), nowMinute);
    return burnWindow(slo, window, length === 0 ? lengthOf(window) : length, firstMinute);
  };
  const windows = windowLengths(slo).map(windowOf);
  const rules = allRules(slo).map((rule) =>
    ruleStatus(slo, rule, windowOf(rule.longMinutes), windowOf(rule.shortMinutes), firstMinute),
  );
  const period = windowOf(periodKey(slo.window));
  const governing = governingRule(rules)?.long ?? period;
  const budget = budgetOf(slo, period, governing);
  const newest = windows[0] ?? period;
  const judged = {
    slo,
    minute: nowMinute,
    budget,
    windows,
    period,
    newest,
    isCovered: isCovered(newest, firstMinute),
    lastMinute,
    rules,
  };
  const alerts = decide(moment.previous ?? [], judged);
  const state = stateOf(alerts, rules, budget, judged.isCovered);
  const silence =
    firstMinute === undefined && lastMinute !== undefined ? noEventsSentence(slo) : noDataSentence(newest, lastMinute);
  const sentence = state === "no-data" ? silence : burnSentence(slo, governing, budget);
  return { ...judged, name: slo.name, state, isMet: isMet(slo, period), governing, alerts, sentence };
}

/** The first rule that fires, in the order of urgency; else the one whose weaker window is nearest to its factor. */
function governingRule(rules: readonly RuleStatus[]): RuleStatus | undefined {
  const firing = rules.find((status) => status.verdict === "fires");
  if (firing !== undefined) return firing;
  return rules.reduce<RuleStatus | undefined>(
    (nearest, status) => (nearest === undefined || closeness(status) > closeness(nearest) ? status : nearest),
    undefined,
  );
}

/** How near to firing, 1 at the threshold; the less severe window decides, as in the rule itself. */
function closeness({ rule, long, short }: RuleStatus): number {
  return (Math.min(long.burn, short.burn) * rule.factor.den) / rule.factor.num;
}

function isBurnRule(rule: SloAlertId): boolean {
  return rule !== "no-data" && rule !== "budget-low" && rule !== "budget-exhausted";
}

/** Whether the window keeps the target, exactly; a target written ">99%" is not met at exactly 99 %. Nothing measured meets nothing. */
function isMet(slo: Slo, period: WindowSums): boolean {
  const difference = compareProducts([period.good, slo.target.den], [period.total, slo.target.num]);
  return period.measuredMinutes > 0 && (slo.isStrict ? difference > 0 || period.total === 0 : difference >= 0);
}

function stateOf(alerts: readonly SloAlert[], rules: readonly RuleStatus[], budget: Budget, isNewestCovered: boolean): SloState {
  const fires = rules.some((status) => status.verdict === "fires");
  if (!fires && !isNewestCovered) return "no-data";
  if (budget.leftEvents < 0) return "exhausted";
  return alerts.some((alert) => alert.isFiring && isBurnRule(alert.rule)) ? "burning" : "ok";
}
