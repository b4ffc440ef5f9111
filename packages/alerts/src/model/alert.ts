import type { ReminderReason } from "./record.ts";
import type { Severity } from "./severity.ts";
import type { AlertSignal, RaiseSource } from "./signal.ts";
import { sortTargets, targetsIn, type Target } from "./target.ts";

/** Who acknowledged, when and until when (epoch ms). */
export interface Acknowledgement {
  by: string;
  atMs: number;
  untilMs: number;
}

/** Why nobody is told of an alert that fires. */
export type Hold =
  | { kind: "silenced"; by: string; untilMs: number; text: string }
  | { kind: "inhibited"; by: string; text: string }
  | { kind: "muted"; by: string; untilMs: number; text: string };

/** A reason to tell of an alert again. */
export interface Reminder {
  reason: ReminderReason;
  atMs: number;
  /** Only these targets; all that hear of the alert when absent. */
  targets?: readonly Target[];
}

/** One error among those that an alert merges. */
export interface ErrorCount {
  fingerprint: string;
  error: string;
  count: number;
  firstAtMs: number;
}

/** One alert as the engine keeps it. */
export interface Alert {
  /** Hash of name and labels without severity. */
  id: string;
  groupKey: string;
  /** `pending` until it has been raised for as long as its rule wants. */
  status: "pending" | "firing" | "resolved";
  source: RaiseSource;
  /** The newest signal; `startsAt` is the earliest of this episode. */
  signal: AlertSignal;
  /** Epoch ms at which the engine first heard of this episode. */
  firedAtMs: number;
  /** Epoch ms at which the alert got its present severity. */
  severitySinceMs: number;
  lastRaisedAtMs: number;
  /** Epoch ms at which it was last raised as loud as it is; a worker's quieter errors do not count. `severitySinceMs` when absent. */
  loudAtMs?: number;
  /** Occurrences in this episode. */
  count: number;
  /** The loudest severity each target was told; a target is taken out when it is told of the end. */
  told: Partial<Record<Target, Severity>>;
  /** The count that the last message named, and when (epoch ms). */
  toldCount?: { count: number; atMs: number };
  acknowledged?: Acknowledgement;
  hold?: Hold;
  reminder?: Reminder;
  /** Level of escalation reached, 0 for the first, and since when; absent until somebody was told. */
  escalation?: { level: number; sinceMs: number };
  /** Epoch ms at which it ends unless it is raised before: its source says that it is over. */
  endsAtMs?: number;
  /** Since when there is no data about it. */
  frozenSinceMs?: number;
  /** The errors behind it, most frequent ones kept. */
  errors?: ErrorCount[];
  resolvedAtMs?: number;
}

/** State of an alert in the words of Alertmanager and Cloudflare's alerts. */
export type AlertStatus =
  "pending" | "firing" | "acknowledged" | "silenced" | "inhibited" | "muted" | "frozen" | "pending-resolve" | "resolved";

/** One alert as list and dashboard show it. */
export interface AlertView {
  id: string;
  groupKey: string;
  name: string;
  status: AlertStatus;
  severity: Severity;
  labels: Record<string, string>;
  summary: string;
  description: string;
  value?: string;
  threshold?: string;
  /** Epoch ms. */
  startsAtMs: number;
  lastRaisedAtMs: number;
  endsAtMs?: number;
  count: number;
  acknowledged?: Acknowledgement;
  hold?: Hold;
  /** Level of escalation reached; 0 for the first. */
  escalationLevel: number;
  errors: ErrorCount[];
  runbookUrl?: string;
  dashboardUrl?: string;
  /** Targets that were told of it and have not yet been told that it ended. */
  toldChannels: Target[];
}

/** The alert as list and dashboard show it. */
export function viewOf(alert: Alert): AlertView {
  const { signal } = alert;
  const endsAtMs = alert.resolvedAtMs ?? alert.endsAtMs;
  return {
    id: alert.id,
    groupKey: alert.groupKey,
    name: signal.name,
    status: statusOf(alert),
    severity: signal.labels.severity,
    labels: signal.labels,
    summary: signal.summary,
    description: signal.description,
    ...(signal.value !== undefined && { value: signal.value }),
    ...(signal.threshold !== undefined && { threshold: signal.threshold }),
    startsAtMs: signal.startsAt,
    lastRaisedAtMs: alert.lastRaisedAtMs,
    ...(endsAtMs !== undefined && { endsAtMs }),
    count: alert.count,
    ...(alert.acknowledged && { acknowledged: alert.acknowledged }),
    ...(alert.hold && { hold: alert.hold }),
    escalationLevel: alert.escalation?.level ?? 0,
    errors: alert.errors ?? [],
    ...(signal.runbookUrl !== undefined && { runbookUrl: signal.runbookUrl }),
    ...(signal.dashboardUrl !== undefined && { dashboardUrl: signal.dashboardUrl }),
    toldChannels: sortTargets(targetsIn(alert.told)),
  };
}

function statusOf(alert: Alert): AlertStatus {
  if (alert.status !== "firing") return alert.status;
  if (alert.hold) return alert.hold.kind;
  if (alert.endsAtMs !== undefined) return "pending-resolve";
  if (alert.frozenSinceMs !== undefined) return "frozen";
  return alert.acknowledged === undefined ? "firing" : "acknowledged";
}
