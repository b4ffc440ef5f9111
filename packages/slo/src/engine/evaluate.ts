import type { Cell } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { budgetOf } from "./budget.ts";
import type { Budget } from "./budget.ts";
import { burnWindow, isCovered, ruleStatus } from "./burn.ts";
import type { BurnWindow, RuleStatus } from "./burn.ts";
import { decide } from "./decide.ts";
import type { AlertMemory, SloAlert } from "./decide.ts";
import { burnSentence, noDataSentence } from "./sentence.ts";
import { emptyWindow, sumWindows } from "./window.ts";
import type { WindowSums } from "./window.ts";

/** no-data: the newest minutes were hardly measured and nothing fires; never shown as good. */
export type SloState = "ok" | "burning" | "exhausted" | "no-data";

/** How an SLO stands at the end of one minute. */
export interface SloStatus {
  readonly slo: Slo;
  readonly name: string;
  /** The newest minute that counts. */
  readonly minute: number;
  readonly state: SloState;
  readonly budget: Budget;
  /** Each burn window once, and the SLO's own; shortest first. */
  readonly windows: readonly BurnWindow[];
  readonly rules: readonly RuleStatus[];
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
  const lengths = windowLengths(slo);
  const sums = sumWindows(cells, moment.nowMinute, lengths);
  const lastMinute = cells.findLast((cell) => cell.minute <= moment.nowMinute)?.minute;
  return evaluateWindows(
    slo,
    new Map(lengths.map((length, index) => [length, sums[index] ?? emptyWindow(length, moment.nowMinute)])),
    {
      ...moment,
      lastMinute,
    },
  );
}

/** The lengths in minutes of all windows an SLO needs, each once, shortest first. */
export function windowLengths(slo: Slo): number[] {
  const lengths = slo.rules.flatMap((rule) => [rule.longMinutes, rule.shortMinutes]);
  return [...new Set([...lengths, slo.window.minutes])].sort((a, b) => a - b);
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
  const { nowMinute, firstMinute } = moment;
  const windowOf = (length: number): BurnWindow =>
    burnWindow(slo, sums.get(length) ?? emptyWindow(length, nowMinute), length, firstMinute);
  const windows = windowLengths(slo).map(windowOf);
  const rules = slo.rules.map((rule) =>
    ruleStatus(slo, rule, windowOf(rule.longMinutes), windowOf(rule.shortMinutes), firstMinute),
  );
  const period = windowOf(slo.window.minutes);
  const governing = governingRule(rules)?.long ?? period;
  const budget = budgetOf(slo, period, governing);
  const alerts = decide(moment.previous ?? [], { slo, rules, budget, minute: nowMinute });
  const newest = windows[0] ?? period;
  const state = stateOf(alerts, rules, budget, isCovered(newest, firstMinute));
  const sentence = state === "no-data" ? noDataSentence(newest, moment.lastMinute) : burnSentence(slo, governing, budget);
  return { slo, name: slo.name, minute: nowMinute, state, budget, windows, rules, governing, alerts, sentence };
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

function stateOf(alerts: readonly SloAlert[], rules: readonly RuleStatus[], budget: Budget, isNewestCovered: boolean): SloState {
  const fires = rules.some((status) => status.verdict === "fires");
  if (!fires && !isNewestCovered) return "no-data";
  if (budget.leftEvents < 0) return "exhausted";
  return alerts.some((alert) => alert.isFiring) ? "burning" : "ok";
}
