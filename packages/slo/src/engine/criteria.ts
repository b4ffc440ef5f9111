import { oneMinus, timesRatio, toNumber } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import type { BurnRule, Slo } from "../model/slo.ts";
import { allRules } from "./decide.ts";
import { periodKey, windowLengths } from "./evaluate.ts";
import { alphaOf } from "./guard.ts";

/** What SLOs are judged by, worked out beforehand. SLOs that are alike share one, so that a tick reads it from the nearest memory. */
export interface Criteria {
  /** In the order of `allRules`. */
  readonly rules: readonly RuleCriteria[];
  /** 1 − target as a fraction, and as a number. */
  readonly budgetOver: number;
  readonly budgetUnder: number;
  readonly budgetShare: number;
  readonly hasLevels: boolean;
  /** Minutes of silence until it is told of; 0 for never. */
  readonly silenceAfter: number;
  /** The SLO's own window, counted from its first one. */
  readonly period: number;
}

/** A window burns ⇔ bad · measured · `under` > total · length · `over`. */
export interface RuleCriteria {
  /** For guards and for what floats do not settle. */
  readonly rule: BurnRule;
  /** Its windows, counted from the SLO's first one. */
  readonly long: number;
  readonly short: number;
  /** Factor × budget as one fraction. */
  readonly over: number;
  readonly under: number;
  /** What `alphaOf` says, and its logarithm; NaN where chance is not judged. */
  readonly alpha: number;
  readonly logAlpha: number;
}

/** The criteria of each SLO of a list. */
export function criteriaOf(slos: readonly Slo[]): Criteria[] {
  const known = new Map<string, Criteria>();
  return slos.map((slo) => {
    const own = makeCriteria(slo);
    const key = JSON.stringify(own);
    const shared = known.get(key) ?? own;
    known.set(key, shared);
    return shared;
  });
}

function makeCriteria(slo: Slo): Criteria {
  const lengths = windowLengths(slo);
  const budget = oneMinus(slo.target);
  return {
    rules: allRules(slo).map((rule) => {
      const limit = limitOf(rule.factor, budget);
      const alpha = alphaOf(slo, rule) ?? Number.NaN;
      return {
        rule,
        long: lengths.indexOf(rule.longMinutes),
        short: lengths.indexOf(rule.shortMinutes),
        over: limit.num,
        under: limit.den,
        alpha,
        logAlpha: Math.log(alpha),
      };
    }),
    budgetOver: budget.num,
    budgetUnder: budget.den,
    budgetShare: toNumber(budget),
    hasLevels: slo.budgetAlerts.hasLevels,
    silenceAfter: slo.noData.alert === "off" ? 0 : slo.noData.afterMinutes,
    period: lengths.indexOf(periodKey(slo.window)),
  };
}

/** factor × budget in lowest terms; where that leaves 2^53 the floats next to it, which comparisons treat as too near to tell. */
function limitOf(factor: Ratio, budget: Ratio): Ratio {
  try {
    return timesRatio(factor, budget);
  } catch {
    return { num: factor.num * budget.num, den: factor.den * budget.den };
  }
}
