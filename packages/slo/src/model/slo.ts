import type { Ratio } from "./ratio.ts";

/** What can be measured: the kinds of the telemetry schema that hold events, and the database queries inside requests. */
export const INDICATOR_KINDS = ["request", "database", "queue", "sandbox", "external", "probe", "custom"] as const;
export type IndicatorKind = (typeof INDICATOR_KINDS)[number];

/** The fields an indicator can filter by. `subject` is what a kind is about: the queue, the pool, the host, the probe, the metric. */
export const FILTER_FIELDS = ["worker", "environment", "endpoint", "method", "subject", "event"] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];

/** Field → accepted values; a field that is left out accepts every value. */
export type IndicatorFilter = Readonly<Partial<Record<FilterField, readonly string[]>>>;

/** HTTP statuses from–to, both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/**
 * When an event is good.
 * - availability: a request ended below status 500; what threw or was killed by the platform is bad, 4xx and clients that went away are
 *   good. `badStatuses` and `badOutcomes` replace that rule.
 * - success: the query, message, call or probe succeeded.
 * - no-timeout: it did not run out of time.
 * - no-retry: a delivery of a message was not followed by another one.
 * - latency: it took strictly less than the threshold, so exactly 200 ms is bad under `threshold: 200ms`.
 */
export type GoodCondition =
  | { readonly kind: "availability"; readonly badStatuses: readonly StatusRange[]; readonly badOutcomes: readonly string[] }
  | { readonly kind: "success" }
  | { readonly kind: "no-timeout" }
  | { readonly kind: "no-retry" }
  | { readonly kind: "latency"; readonly thresholdMs: number };

/** What is counted: events of one kind that pass the filter, and which of them are good. */
export interface Indicator {
  readonly kind: IndicatorKind;
  readonly filter: IndicatorFilter;
  readonly good: GoodCondition;
}

export const SYMPTOMS_OF_SLOS = ["availability", "latency", "errors", "saturation", "data"] as const;
/** What users feel when the objective is missed; the alert's `symptom` label. */
export type SloSymptom = (typeof SYMPTOMS_OF_SLOS)[number];

/** Page wakes somebody (severity critical), ticket waits for working hours (severity warning). */
export type RuleUrgency = "page" | "ticket";

/** Rule ids of the default table are page-fast, page-slow, ticket-fast and ticket-slow; burn-10x is the specification's alert. */
export type RuleId = `${RuleUrgency}-${string}` | "burn-10x";

/** Alerts of an SLO: its burn rules, those of its budget, and the one for missing data. */
export type SloAlertId = RuleId | "budget-low" | "budget-exhausted" | "no-data";

/** One window pair: fires while both windows burn faster than `factor` × the budget rate. */
export interface BurnRule {
  readonly id: RuleId;
  readonly urgency: RuleUrgency;
  readonly longMinutes: number;
  readonly shortMinutes: number;
  /** At least 1, and `factor` × (1 − target) below 1, or no error rate could ever fire it. */
  readonly factor: Ratio;
  /** Share of the window's budget that is spent when the long window alone reaches the factor. */
  readonly budgetShare: Ratio;
}

export const CALENDAR_UNITS = ["week", "month", "quarter"] as const;
export type CalendarUnit = (typeof CALENDAR_UNITS)[number];

/** The time the objective is held over: a rolling one ends at the newest complete minute, a calendar one began at its unit's start. */
export type SloWindow =
  | { readonly kind: "rolling"; readonly minutes: number }
  /** `minutes` is the nominal length that the default rules are made for; a period's own length follows from the calendar. */
  | { readonly kind: "calendar"; readonly unit: CalendarUnit; readonly timeZone: string; readonly minutes: number };

/** Occurrences count events. Timeslices count slices of time, good where at least `target` of their events are. */
export type BudgetingMethod =
  | { readonly kind: "occurrences" }
  | { readonly kind: "timeslices"; readonly target: Ratio; readonly targetText: string; readonly sliceMinutes: 1 | 5 };

/** Time that does not count against the objective: events in it are left out, time slices in it are good. */
export interface Exclusion {
  readonly reason: string;
  /** Who decided it. */
  readonly by: string;
  readonly timeZone: string;
  /** Wall clock in the time zone, `2026-12-01T02:00`. */
  readonly from: string;
  readonly durationMinutes: number;
  /** RFC 5545 recurrence; undefined for one that happens once. */
  readonly rrule: string | undefined;
}

/** One objective on one indicator: the unit that is measured, stored and decided. */
export interface Slo {
  /** Unique. With several percentiles in one entry: `<name>-p95`, `<name>-p99`. */
  readonly name: string;
  /** The name of the entry in the file; differs from `name` only with several percentiles. */
  readonly entry: string;
  readonly service: string;
  readonly description: string;
  readonly indicator: Indicator;
  readonly symptom: SloSymptom;
  /** Above 0 and below 1. */
  readonly target: Ratio;
  /** As written: `99.9%`. */
  readonly targetText: string;
  /** Written ">99%": exactly 99 % is not met. */
  readonly isStrict: boolean;
  readonly window: SloWindow;
  readonly method: BudgetingMethod;
  /** Pages before tickets, fast before slow. */
  readonly rules: readonly BurnRule[];
  /** The specification's alerts on top: burn above 10×, and less than a tenth of the budget left or none. Off under 7 days. */
  readonly budgetAlerts: { readonly burn: BurnRule | undefined; readonly hasLevels: boolean };
  /** False alerts a year that chance alone may cause; undefined where the guard is off. */
  readonly falsePagesPerYear: number | undefined;
  readonly noData: { readonly afterMinutes: number; readonly alert: RuleUrgency | "off" };
  readonly exclusions: readonly Exclusion[];
  readonly runbook: string | undefined;
  readonly owner: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly source: { readonly file: string; readonly line: number };
}

/** The symptom of an SLO's alerts. */
export function symptomOf(slo: Slo): SloSymptom {
  return slo.symptom;
}
