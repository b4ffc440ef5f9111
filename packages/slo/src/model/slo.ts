import type { Ratio } from "./ratio.ts";

/** The kinds of data points an SLO can be measured on today. */
export const INDICATOR_KINDS = ["request"] as const;
export type IndicatorKind = (typeof INDICATOR_KINDS)[number];

/** The fields an indicator can filter by; names of the telemetry schema. */
export const FILTER_FIELDS = ["worker", "environment", "endpoint", "method"] as const;
export type FilterField = (typeof FILTER_FIELDS)[number];

/** Field → accepted values; a field that is left out accepts every value. */
export type IndicatorFilter = Readonly<Partial<Record<FilterField, readonly string[]>>>;

/**
 * When an event is good. Availability: it ended below status 500; what threw or was killed by the platform is bad, 4xx is good.
 * Latency: it took strictly less than the threshold, so exactly 200 ms is bad under `threshold: 200ms`.
 */
export type GoodCondition = { readonly kind: "availability" } | { readonly kind: "latency"; readonly thresholdMs: number };

/** What is counted: events of one kind that pass the filter, and which of them are good. */
export interface Indicator {
  readonly kind: IndicatorKind;
  readonly filter: IndicatorFilter;
  readonly good: GoodCondition;
}

/** What users feel when the objective is missed; the alert's `symptom` label. */
export type SloSymptom = "availability" | "latency";

/** Page wakes somebody (severity critical), ticket waits for working hours (severity warning). */
export type RuleUrgency = "page" | "ticket";

/** Rule ids of the default table are page-fast, page-slow, ticket-fast and ticket-slow. */
export type RuleId = `${RuleUrgency}-${string}`;

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

/** The time the objective is held over; windows end at the newest complete minute. */
export interface SloWindow {
  readonly kind: "rolling";
  readonly minutes: number;
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
  /** Above 0 and below 1. */
  readonly target: Ratio;
  /** As written: `99.9%`. */
  readonly targetText: string;
  readonly window: SloWindow;
  /** Pages before tickets, fast before slow. */
  readonly rules: readonly BurnRule[];
  readonly noData: { readonly afterMinutes: number };
  readonly runbook: string | undefined;
  readonly owner: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly source: { readonly file: string; readonly line: number };
}

/** The symptom of an SLO's alerts. */
export function symptomOf(slo: Slo): SloSymptom {
  return slo.indicator.good.kind;
}
