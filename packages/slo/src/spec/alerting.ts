import { budgetShareOf, defaultRules, factorOf, isReachable } from "../engine/default-rules.ts";
import { described, formatMinutes, listOfAtLeastOne, object, oneOf, optional, required } from "@monotask/spec-file";
import { compareProducts, oneMinus, timesRatio, toNumber } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import type { BurnRule, RuleId, RuleUrgency } from "../model/slo.ts";
import type { Decoder, Found, Located } from "@monotask/spec-file";
import { badField } from "./indicator-shape.ts";
import type { WrittenBad } from "./indicator-shape.ts";
import type { Place, Report } from "./issue.ts";
import { budgetShare, durationMinutes, factor } from "./scalars.ts";

/** Slices are minutes: a pair with less than two of them would fire on one. */
const LEAST_SHORT_MINUTES = 2;
const LONGEST_MINUTES = 90 * 1_440;

/** A window pair as written. */
export interface WrittenPair {
  readonly severity: Found<RuleUrgency> | undefined;
  readonly long: Found<number> | undefined;
  readonly short: Found<number> | undefined;
  readonly factor: Found<Ratio> | undefined;
  readonly budget: Found<Ratio> | undefined;
  /** What is bad for this rule, instead of what the indicator says. */
  readonly bad: Found<WrittenBad> | undefined;
}

export type WrittenAlerting =
  { readonly kind: "default" } | { readonly kind: "pairs"; readonly pairs: readonly Located<WrittenPair>[] };

const pairField: Decoder<WrittenPair> = object({
  severity: required(oneOf<RuleUrgency>(["page", "ticket"])),
  long: required(durationMinutes(LEAST_SHORT_MINUTES * 2, LONGEST_MINUTES)),
  short: required(durationMinutes(1, LONGEST_MINUTES)),
  factor: optional(factor),
  budget: optional(budgetShare),
  bad: optional(described(badField, "What is bad for this rule alone; it is counted beside the SLO.")),
});

const defaultWord = oneOf(["default"]);
const pairList = listOfAtLeastOne(pairField);

/** `default`, or own window pairs. */
export const alertingField: Decoder<WrittenAlerting> = {
  schema: { anyOf: [defaultWord.schema, pairList.schema] },
  read: (value, report) => {
    if (value.kind === "text") return defaultWord.read(value, report) === undefined ? undefined : { kind: "default" };
    const pairs = pairList.read(value, report);
    return pairs === undefined ? undefined : { kind: "pairs", pairs };
  },
};

/** The rules that an SLO with this window and target gets. Own pairs that cannot work are errors, default ones are dropped with a warning. */
export function rulesFor(
  written: Found<WrittenAlerting> | undefined,
  periodMinutes: number,
  target: Located<Ratio>,
  report: Report,
): BurnRule[] {
  const budget = oneMinus(target.value);
  if (written?.value === undefined || written.value.kind === "default") return defaults(periodMinutes, budget, target, report);
  const rules = written.value.pairs.flatMap((pair) => ownRule(pair, periodMinutes, budget, report));
  return withIds(rules, report);
}

function defaults(periodMinutes: number, budget: Ratio, target: Located<Ratio>, report: Report): BurnRule[] {
  const { rules, dropped } = defaultRules(periodMinutes, budget);
  if (dropped.length > 0) {
    const names = dropped.map((rule) => `${rule.id} (${toNumber(rule.factor)}×)`).join(", ");
    report(target.place, {
      code: "alerting-default-dropped",
      severity: "warning",
      message: `no error rate burns fast enough for the default ${names}; left out`,
      hint: "Write own pairs under `alerting:` with lower factors if somebody should be woken.",
    });
  }
  return [...rules];
}

interface OwnRule {
  readonly place: Place;
  readonly rule: Omit<BurnRule, "id">;
}

function ownRule(pair: Located<WrittenPair>, periodMinutes: number, budget: Ratio, report: Report): OwnRule[] {
  const urgency = pair.value.severity?.value;
  const longMinutes = pair.value.long?.value;
  const shortMinutes = pair.value.short?.value;
  const strength = strengthOf(pair, periodMinutes, report);
  if (longMinutes === undefined) return [];
  const checks = [
    isLongWindowRight(pair, longMinutes, periodMinutes, report),
    shortMinutes !== undefined && isShortWindowRight(pair, shortMinutes, longMinutes, report),
    strength !== undefined && isStrengthRight(strength, longMinutes, periodMinutes, budget, report),
  ];
  if (urgency === undefined || shortMinutes === undefined || strength === undefined || checks.includes(false)) return [];
  const share = budgetShareOf(strength.value, longMinutes, periodMinutes);
  return [{ place: pair.place, rule: { urgency, longMinutes, shortMinutes, factor: strength.value, budgetShare: share } }];
}

function isLongWindowRight(pair: Located<WrittenPair>, longMinutes: number, periodMinutes: number, report: Report): boolean {
  if (longMinutes <= periodMinutes) return true;
  report(pair.value.long?.place ?? pair.place, {
    code: "alerting-long-window",
    message: `a long window of ${formatMinutes(longMinutes)} does not fit into ${formatMinutes(periodMinutes)}`,
    hint: `Write at most ${formatMinutes(periodMinutes)}.`,
  });
  return false;
}

function isShortWindowRight(pair: Located<WrittenPair>, shortMinutes: number, longMinutes: number, report: Report): boolean {
  if (shortMinutes >= LEAST_SHORT_MINUTES && shortMinutes * 2 <= longMinutes) return true;
  report(pair.value.short?.place ?? pair.place, {
    code: "alerting-short-window",
    message: `a short window of ${formatMinutes(shortMinutes)} does not go with a long one of ${formatMinutes(longMinutes)}`,
    hint: `Write ${formatMinutes(LEAST_SHORT_MINUTES)} to ${formatMinutes(Math.floor(longMinutes / 2))}; a twelfth of the long window is the guideline.`,
  });
  return false;
}

/** The factor, written or solved from the share of the budget; undefined when it is wrong or cannot be solved. */
function strengthOf(pair: Located<WrittenPair>, periodMinutes: number, report: Report): Located<Ratio> | undefined {
  const { factor: written, budget, long } = pair.value;
  if ((written === undefined) === (budget === undefined)) {
    report(budget?.place ?? pair.place, {
      code: "alerting-strength",
      message:
        written === undefined ? "the pair does not say how strong a burn fires it" : "the pair has both `factor` and `budget`",
      hint: "Write one of `factor: 14.4` and `budget: 2%`.",
    });
    return undefined;
  }
  if (written?.value !== undefined) return { value: written.value, place: written.place };
  if (budget?.value === undefined || long?.value === undefined) return undefined;
  return { value: factorOf(budget.value, long.value, periodMinutes), place: budget.place };
}

function isStrengthRight(
  strength: Located<Ratio>,
  longMinutes: number,
  periodMinutes: number,
  budget: Ratio,
  report: Report,
): boolean {
  const shown = toNumber(strength.value);
  if (strength.value.num < strength.value.den) {
    report(strength.place, {
      code: "alerting-factor-inside-budget",
      message: `a factor of ${shown} fires while the budget holds`,
      hint: `Write 1 or more (a budget share of ${percent((100 * longMinutes) / periodMinutes)} or more over ${formatMinutes(longMinutes)}).`,
    });
    return false;
  }
  if (!isReachable(strength.value, budget)) {
    const ceiling = toNumber({ num: budget.den, den: budget.num });
    const mostShare = toNumber(timesRatio({ num: budget.den, den: budget.num }, { num: longMinutes, den: periodMinutes }));
    report(strength.place, {
      code: "alerting-factor-unreachable",
      message: `a factor of ${shown} can never fire: with every request failing the burn is ${plain(ceiling)}×`,
      hint: `Write less than ${plain(ceiling)} (a budget share below ${percent(100 * mostShare)} over ${formatMinutes(longMinutes)}).`,
    });
    return false;
  }
  return true;
}

/** Pages before tickets, shorter windows first: `page-fast`, `page-slow`, `page-3` … */
function withIds(rules: readonly OwnRule[], report: Report): BurnRule[] {
  const urgencies: readonly RuleUrgency[] = ["page", "ticket"];
  return urgencies.flatMap((urgency) => {
    const sorted = rules
      .filter(({ rule }) => rule.urgency === urgency)
      .sort(
        (a, b) =>
          a.rule.longMinutes - b.rule.longMinutes || a.rule.shortMinutes - b.rule.shortMinutes || compareFactors(b.rule, a.rule),
      );
    return sorted.flatMap(({ place, rule }, index) => {
      const before = sorted[index - 1];
      if (before !== undefined && isSamePair(before.rule, rule)) {
        report(place, { code: "alerting-duplicate", message: "this pair is written twice", hint: "Remove one of the two." });
        return [];
      }
      return [{ ...rule, id: ruleId(urgency, index) }];
    });
  });
}

function ruleId(urgency: RuleUrgency, index: number): RuleId {
  return `${urgency}-${["fast", "slow"][index] ?? String(index + 1)}`;
}

function isSamePair(a: Omit<BurnRule, "id">, b: Omit<BurnRule, "id">): boolean {
  return a.longMinutes === b.longMinutes && a.shortMinutes === b.shortMinutes && compareFactors(a, b) === 0;
}

function compareFactors(a: Omit<BurnRule, "id">, b: Omit<BurnRule, "id">): number {
  return compareProducts([a.factor.num, b.factor.den], [b.factor.num, a.factor.den]);
}

function percent(value: number): string {
  return `${plain(value)} %`;
}

function plain(value: number): string {
  return String(Number(value.toFixed(4)));
}
