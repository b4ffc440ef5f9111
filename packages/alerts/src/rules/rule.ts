import type { Matcher } from "../model/matcher.ts";
import type { Severity } from "../model/severity.ts";
import type { Symptom } from "../model/signal.ts";

/** What a rule looks at. Shares are counted (bad ÷ all), gauges are read; nothing stores a percentile. */
export const MEASURES = {
  "error-rate": { symptom: "errors", unit: "share", what: "requests answered with 5xx" },
  availability: { symptom: "availability", unit: "share", what: "requests answered without a failure of ours" },
  "database-error-rate": { symptom: "errors", unit: "share", what: "database queries that failed" },
  "timeout-rate": { symptom: "latency", unit: "share", what: "requests that ran out of time" },
  "sandbox-timeout-rate": { symptom: "saturation", unit: "share", what: "sandbox executions that ran out of time" },
  latency: { symptom: "latency", unit: "duration", what: "requests slower than the limit" },
  "database-latency": { symptom: "latency", unit: "duration", what: "database queries slower than the limit" },
  "queue-depth": { symptom: "saturation", unit: "number", what: "messages waiting" },
  "sandboxes-active": { symptom: "saturation", unit: "number", what: "sandboxes active" },
  "error-count": { symptom: "errors", unit: "number", what: "errors" },
} as const satisfies Readonly<Record<string, { symptom: Symptom; unit: "share" | "duration" | "number"; what: string }>>;

export type Measure = keyof typeof MEASURES;

/** What the measured value is held against. */
export type Limit =
  /** A share of all events, as an exact fraction. */
  | { readonly kind: "share"; readonly num: number; readonly den: number }
  /** The percentile of a duration: exceeded when more than 1 − q of all events take `ms` or longer. */
  | { readonly kind: "percentile"; readonly percent: number; readonly ms: number }
  | { readonly kind: "number"; readonly value: number };

/** A threshold rule. All times are whole minutes. */
export interface Rule {
  readonly name: string;
  readonly measure: Measure;
  /** The side on which the value is wrong. */
  readonly direction: "above" | "below";
  readonly limit: Limit;
  /** The limit as written. */
  readonly limitText: string;
  readonly severity: Severity;
  readonly symptom: Symptom;
  readonly windowMinutes: number;
  /** How long it has to hold, at each minute's end. */
  readonly forMinutes: number;
  /** How long the alert stays after it last held. */
  readonly keepFiringForMinutes: number;
  /** Events and bad events below which a window says nothing. */
  readonly minEvents: number;
  readonly minBad: number;
  /** Holds as well when a status was answered in so many minutes without a gap. */
  readonly orStatus?: { readonly status: number; readonly minutes: number };
  /** Labels beside environment and worker that have a value each of their own. */
  readonly per: readonly ("endpoint" | "subject")[];
  /** What is measured at all; by default everything in production. */
  readonly where: readonly Matcher[];
  /** Path or URL of what to do. */
  readonly runbook: string;
  readonly line: number;
}

/** Longest time a rule looks back at once. */
export const MAX_WINDOW_MINUTES = 60;

/** Minutes before the newest one that a rule needs. */
export function lookBackMinutes(rule: Rule): number {
  const window = Math.max(rule.windowMinutes, rule.orStatus?.minutes ?? 1);
  return window + Math.max(0, rule.forMinutes - 1) + rule.keepFiringForMinutes;
}
