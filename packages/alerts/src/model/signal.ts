import type { Severity } from "./severity.ts";
import type { Target } from "./target.ts";

/** What kind of trouble it is. Alerts of one environment, worker and symptom are one outage. */
export type Symptom = "errors" | "latency" | "saturation" | "availability" | "data";

/** All symptoms. */
export const SYMPTOMS: readonly Symptom[] = ["errors", "latency", "saturation", "availability", "data"];

/** The labels every alert has; further string labels are part of its identity too. */
export interface AlertLabels {
  worker: string;
  environment: string;
  team: string;
  symptom: Symptom;
  severity: Severity;
  [label: string]: string;
}

/** One occurrence that shows the problem, scrubbed by whoever raises it. */
export interface AlertSample {
  error?: string;
  stack?: string;
  requestId?: string;
  /** Fingerprint of the error, so that occurrences can be found again. */
  fingerprint?: string;
}

/** Occurrences of one error. */
export interface SignalError {
  fingerprint: string;
  error: string;
  count: number;
}

/** A test or drill: told to these targets only, apart from every real alert, and over by itself. */
export interface Drill {
  /** Makes a group and a PagerDuty incident of its own. */
  id: string;
  kind: "test" | "drill";
  targets: Target[];
  /** Time from the first raise to its end. */
  lastsMs: number;
}

/** What a rule or a worker says about one alert at one moment. */
export interface AlertSignal {
  /** Name of the rule, for example `slo:api-availability` or `error:database`. */
  name: string;
  labels: AlertLabels;
  /** `frozen`: there is no data, so it neither begins nor ends. */
  status: "firing" | "resolved" | "frozen";
  /** Epoch ms at which the trouble began. */
  startsAt: number;
  /** The measured value with its unit, for example `4.4 %`. */
  value?: string;
  /** What the value is held against, for example `0.1 %`. */
  threshold?: string;
  /** What is wrong and how bad, in one line. */
  summary: string;
  /** Figures behind the summary, in a few sentences. */
  description: string;
  /** The runbook: its path, such as `runbooks/high-error-rate.md`, of which AlertManager makes a link, or a web address. */
  runbookUrl?: string;
  /** Name of the runbook's page. AlertManager reads it from `runbookUrl`, and keeps it also where there is no dashboard to link to. */
  runbook?: string;
  dashboardUrl?: string;
  sample?: AlertSample;
  /** What to look at first, most likely cause first. */
  suggestedChecks?: string[];
  /** Occurrences since the raise before this one; 1 when absent. */
  count?: number;
  /** The errors among these occurrences; the sample's alone when absent. */
  errors?: SignalError[];
  /** How long it has to be raised before it fires; until then it is pending and told to nobody. */
  pendingForMs?: number;
  /** How long it goes on firing after its end, in case it comes back. */
  keepFiringForMs?: number;
  drill?: Drill;
}

/** Who raises: the evaluator resolves its alerts itself, a worker's alerts end `resolveTimeoutMs` after their last raise. */
export type RaiseSource = "evaluator" | "worker";

/** Signals that are taken in together; a batch with a known id changes nothing. */
export interface RaiseBatch {
  id: string;
  signals: AlertSignal[];
  source: RaiseSource;
}

/** Answer to a raise: how many signals were taken in, and whether the batch had been seen before. */
export interface RaiseResult {
  accepted: number;
  duplicate: boolean;
}
