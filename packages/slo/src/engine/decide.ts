import { ratio } from "../model/ratio.ts";
import type { Slo, SloAlertId, SloSymptom } from "../model/slo.ts";
import { symptomOf } from "../model/slo.ts";
import { isBudgetBelow } from "./budget.ts";
import type { Budget } from "./budget.ts";
import type { BurnWindow, RuleStatus } from "./burn.ts";
import { budgetSentence, burnSentence, noDataSentence } from "./sentence.ts";
import { formatBurn, formatFactor, formatShare, formatSpan } from "./text.ts";

/** What has to be remembered of an alert from one minute to the next. */
export interface AlertMemory {
  readonly rule: SloAlertId;
  readonly isFiring: boolean;
  /** Since when it has been firing, or not. */
  readonly sinceMinute: number;
}

/** One alert of one SLO as it stands. */
export interface SloAlert extends AlertMemory {
  readonly severity: "critical" | "warning";
  readonly symptom: SloSymptom;
  /** Frozen: there is too little data to fire or to end anything; `isFiring` says what it was before. */
  readonly state: "firing" | "clear" | "frozen";
  /** What is compared, for display: `44×`, `6.2 %`, `12 min`. */
  readonly value: string;
  readonly threshold: string;
  /** What happened, with counts; empty while the alert neither fires nor has just ended. */
  readonly sentence: string;
}

/** What a decision is made from. */
export interface Judged {
  readonly slo: Slo;
  /** The newest minute that counts. */
  readonly minute: number;
  readonly budget: Budget;
  /** The SLO's own window. */
  readonly period: BurnWindow;
  /** The shortest window. */
  readonly newest: BurnWindow;
  /** Whether the newest window was measured well enough to say that something is over. */
  readonly isCovered: boolean;
  /** The newest minute that was measured. */
  readonly lastMinute: number | undefined;
  readonly rules: readonly RuleStatus[];
}

/**
 * The alerts of an SLO after this minute: what fires is firing, what does not ends only on enough data, and what has no data stays what
 * it was. Deciding a minute twice from the same memory gives the same alerts.
 * @param previous alerts of the minute before, in any order; one that is not among them was clear.
 */
export function decide(previous: readonly AlertMemory[], status: Judged): SloAlert[] {
  const memories = new Map(previous.map((memory) => [memory.rule, memory]));
  return [...status.rules.map((rule) => burnAlert(rule, status)), ...budgetAlerts(status), ...noDataAlerts(status)].map(
    (alert) => {
      const memory = memories.get(alert.rule);
      const wasFiring = memory?.isFiring ?? false;
      const isFiring = alert.verdict === "no-data" ? wasFiring : alert.verdict === "fires";
      const sinceMinute = memory !== undefined && isFiring === wasFiring ? memory.sinceMinute : status.minute;
      const { verdict, sentence, ...shown } = alert;
      // Only what is told is put into words: most alerts of most minutes are clear, and sentences are the dearest part of a decision.
      const words = isFiring || wasFiring ? sentence() : "";
      return {
        ...shown,
        sentence: words,
        isFiring,
        sinceMinute,
        state: verdict === "no-data" ? "frozen" : isFiring ? "firing" : "clear",
      };
    },
  );
}

type Verdict = Omit<SloAlert, keyof AlertMemory | "state" | "sentence"> & {
  readonly rule: SloAlertId;
  readonly sentence: () => string;
  readonly verdict: "fires" | "clear" | "no-data";
};

function burnAlert({ rule, verdict, long, short }: RuleStatus, { slo, budget }: Judged): Verdict {
  return {
    rule: rule.id,
    verdict,
    severity: rule.urgency === "page" ? "critical" : "warning",
    symptom: symptomOf(slo),
    value: formatBurn(Math.min(long.burn, short.burn)),
    threshold: formatFactor(rule.factor.num / rule.factor.den),
    sentence: () => burnSentence(slo, long, budget),
  };
}

const A_TENTH = ratio(1, 10);
const NOTHING = ratio(0, 1);

/** The specification's "alert when < 10 % remaining", and the one for a budget that is overspent. */
function budgetAlerts({ slo, budget, period, isCovered }: Judged): Verdict[] {
  if (!slo.budgetAlerts.hasLevels) return [];
  const verdictBelow = (share: typeof A_TENTH): Verdict["verdict"] =>
    !isCovered ? "no-data" : isBudgetBelow(slo, period, share) ? "fires" : "clear";
  const shared = {
    severity: "warning",
    symptom: symptomOf(slo),
    value: formatShare(budget.leftRatio),
    sentence: () => budgetSentence(slo, period, budget),
  } as const;
  return [
    { rule: "budget-low", verdict: verdictBelow(A_TENTH), threshold: "10 %", ...shared },
    { rule: "budget-exhausted", verdict: verdictBelow(NOTHING), threshold: "0 %", ...shared },
  ];
}

/** Fires once nothing has been measured for `noData.after`; an SLO that never had data is not missing any. */
function noDataAlerts({ slo, newest, minute, lastMinute }: Judged): Verdict[] {
  if (slo.noData.alert === "off") return [];
  const silentMinutes = lastMinute === undefined ? 0 : minute - lastMinute;
  return [
    {
      rule: "no-data",
      verdict: silentMinutes >= slo.noData.afterMinutes ? "fires" : "clear",
      severity: slo.noData.alert === "page" ? "critical" : "warning",
      symptom: "data",
      value: formatSpan(silentMinutes),
      threshold: formatSpan(slo.noData.afterMinutes),
      sentence: () => noDataSentence(newest, lastMinute),
    },
  ];
}

/** Rules of an SLO in the order they are judged: its pairs, then the specification's burn alert. */
export function allRules(slo: Slo): Slo["rules"] {
  return slo.budgetAlerts.burn === undefined ? slo.rules : [...slo.rules, slo.budgetAlerts.burn];
}
