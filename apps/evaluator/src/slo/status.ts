import { excludedRanges, formatMinutes } from "@monotask/slo";
import type { AlertMemory, SloStatus } from "@monotask/slo";

/** The status of one SLO as people and programs read it. */
export interface ShownStatus {
  readonly name: string;
  readonly service: string;
  readonly description: string;
  readonly minute: number;
  readonly state: string;
  /** Whether the events of the window so far keep the target. */
  readonly isMet: boolean;
  readonly target: string;
  readonly window: string;
  readonly sentence: string;
  readonly good: number;
  readonly total: number;
  readonly budgetLeftRatio: number;
  readonly budgetLeftEvents: number;
  readonly budgetLeftMinutes: number;
  readonly budgetAllowedEvents: number;
  readonly budgetAllowedMinutes: number;
  /** Minutes until nothing is left at the governing window's rate. */
  readonly exhaustedInMinutes: number | undefined;
  readonly runbook: string | undefined;
  readonly owner: string | undefined;
  readonly windows: readonly ShownWindow[];
  readonly rules: readonly ShownRule[];
  readonly alerts: readonly AlertMemory[];
  /** Excluded times that touch the window or the next week, with who and why. */
  readonly exclusions: readonly {
    readonly fromMinute: number;
    readonly toMinute: number;
    readonly reason: string;
    readonly by: string;
  }[];
}

export interface ShownWindow {
  readonly minutes: number;
  readonly burn: number;
  readonly bad: number;
  readonly total: number;
  readonly coverage: number;
}

/** A burn rule as it stands; `heldBackBy` says why it does not fire although both windows burn. */
export interface ShownRule {
  readonly id: string;
  readonly longMinutes: number;
  readonly shortMinutes: number;
  readonly factor: number;
  readonly verdict: string;
  readonly heldBackBy: string | undefined;
}

const WEEK_MINUTES = 7 * 1_440;
/** A nightly exclusion over a month is named often enough. */
const MOST_EXCLUSIONS = 20;

/** The status as it is shown. */
export function shownStatus(status: SloStatus): ShownStatus {
  const { slo, budget, period } = status;
  return {
    name: status.name,
    service: slo.service,
    description: slo.description,
    minute: status.minute,
    state: status.state,
    isMet: status.isMet,
    target: `${slo.isStrict ? ">" : ""}${slo.targetText}`,
    window: slo.window.kind === "rolling" ? formatMinutes(slo.window.minutes) : `${slo.window.unit} ${slo.window.timeZone}`,
    sentence: status.sentence,
    good: period.good,
    total: period.total,
    budgetLeftRatio: budget.leftRatio,
    budgetLeftEvents: budget.leftEvents,
    budgetLeftMinutes: budget.leftMinutes,
    budgetAllowedEvents: budget.allowedEvents,
    budgetAllowedMinutes: budget.allowedMinutes,
    exhaustedInMinutes: budget.exhaustedInMinutes,
    runbook: slo.runbook,
    owner: slo.owner,
    windows: status.windows.map(({ windowMinutes, burn, bad, total, coverage }) => ({
      minutes: windowMinutes,
      burn,
      bad,
      total,
      coverage,
    })),
    rules: status.rules.map(({ rule, verdict, heldBackBy }) => ({
      id: rule.id,
      longMinutes: rule.longMinutes,
      shortMinutes: rule.shortMinutes,
      factor: rule.factor.num / rule.factor.den,
      verdict,
      heldBackBy,
    })),
    alerts: status.alerts.map(({ rule, isFiring, sinceMinute }) => ({ rule, isFiring, sinceMinute })),
    exclusions: excludedRanges(slo.exclusions, period.fromMinute, status.minute + WEEK_MINUTES)
      .slice(-MOST_EXCLUSIONS)
      .map(({ fromMinute, toMinute, exclusion: { reason, by } }) => ({ fromMinute, toMinute, reason, by })),
  };
}
