import type { Ratio } from "../model/ratio.ts";
import type { RuleId, SloSymptom } from "../model/slo.ts";
import { symptomOf } from "../model/slo.ts";
import type { RuleStatus } from "./burn.ts";
import type { SloStatus } from "./evaluate.ts";
import { burnSentence } from "./sentence.ts";

/** What has to be remembered of an alert from one minute to the next. */
export interface AlertMemory {
  readonly rule: RuleId;
  readonly isFiring: boolean;
  /** Since when it has been firing, or not. */
  readonly sinceMinute: number;
}

/** One rule of one SLO as it stands. */
export interface SloAlert extends AlertMemory {
  readonly severity: "critical" | "warning";
  readonly symptom: SloSymptom;
  /** Frozen: the short window has too little data to fire or to end anything; `isFiring` says what it was before. */
  readonly state: "firing" | "clear" | "frozen";
  readonly burnLong: number;
  readonly burnShort: number;
  readonly longMinutes: number;
  readonly shortMinutes: number;
  readonly factor: Ratio;
  readonly sentence: string;
}

/**
 * The alerts of an SLO after this minute: a rule that fires is firing, one that does not ends only on enough data, and one without
 * data stays what it was. Deciding a minute twice from the same memory gives the same alerts.
 * @param previous alerts of the minute before, in any order; a rule that is not among them was clear.
 */
export function decide(
  previous: readonly AlertMemory[],
  status: Pick<SloStatus, "slo" | "rules" | "budget" | "minute">,
): SloAlert[] {
  const memories = new Map(previous.map((memory) => [memory.rule, memory]));
  return status.rules.map((ruleStatus) => {
    const { rule, long, short } = ruleStatus;
    const memory = memories.get(rule.id);
    const wasFiring = memory?.isFiring ?? false;
    const isFiring = isFiringNow(ruleStatus, wasFiring);
    return {
      rule: rule.id,
      severity: rule.urgency === "page" ? "critical" : "warning",
      symptom: symptomOf(status.slo),
      state: ruleStatus.verdict === "no-data" ? "frozen" : isFiring ? "firing" : "clear",
      isFiring,
      sinceMinute: memory !== undefined && isFiring === wasFiring ? memory.sinceMinute : status.minute,
      burnLong: long.burn,
      burnShort: short.burn,
      longMinutes: rule.longMinutes,
      shortMinutes: rule.shortMinutes,
      factor: rule.factor,
      sentence: burnSentence(status.slo, long, status.budget),
    };
  });
}

function isFiringNow({ verdict }: RuleStatus, wasFiring: boolean): boolean {
  switch (verdict) {
    case "fires":
      return true;
    case "clear":
      return false;
    case "no-data":
      return wasFiring;
  }
}
