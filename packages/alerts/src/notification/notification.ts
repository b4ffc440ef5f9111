import type { Acknowledgement, Alert } from "../model/alert.ts";
import type { NotifyReason } from "../model/record.ts";
import { SEVERITIES, loudest, type Severity } from "../model/severity.ts";
import type { AlertSignal } from "../model/signal.ts";

/** One alert inside a notification. */
export interface NotifiedAlert {
  id: string;
  status: "firing" | "resolved";
  signal: AlertSignal;
  count: number;
  /** True when the channel has not been told of this alert before. */
  isNew: boolean;
  acknowledged?: Acknowledgement;
  resolvedAtMs?: number;
}

/** What one or more channels are told about a group at one moment; frozen when it is decided, so that a retry says the same. */
export interface Notification {
  /** The same on every retry, different for every decision: group, episode, kind and sequence. */
  id: string;
  groupKey: string;
  groupLabels: Record<string, string>;
  kind: "firing" | "resolved";
  reason: NotifyReason;
  /** The loudest of its alerts. */
  severity: Severity;
  decidedAtMs: number;
  /** When the earliest of its alerts began. */
  startsAtMs: number;
  /** Loudest and earliest first, at most `MAX_NOTIFIED_ALERTS`. */
  alerts: NotifiedAlert[];
  /** Alerts of the group that are not listed. */
  omittedAlerts: number;
  /** What the reader should know about the telling itself, for example which channel could not be told. */
  notes: string[];
}

/** Alerts listed in one notification; the rest is a number. A Slack message holds 50 blocks and about 9,000 characters. */
export const MAX_NOTIFIED_ALERTS = 40;
/** Alerts that carry their sample, description and checks; the rest is a line each. */
const MAX_DETAILED_ALERTS = 3;

/** What is the same for all notifications of a decision. */
export interface NotificationContext {
  id: string;
  groupKey: string;
  groupLabels: Record<string, string>;
  reason: NotifyReason;
  decidedAtMs: number;
  notes: string[];
  /** Alerts the channel has not been told of before. */
  newIds: ReadonlySet<string>;
}

/** Freezes alerts into a notification. */
export function createNotification(alerts: readonly Alert[], context: NotificationContext): Notification {
  const { newIds, ...common } = context;
  const sorted = [...alerts].sort(loudestThenEarliest);
  return {
    ...common,
    kind: context.reason === "resolved" ? "resolved" : "firing",
    severity: loudest(alerts.map((alert) => alert.signal.labels.severity)),
    startsAtMs: Math.min(...alerts.map((alert) => alert.signal.startsAt)),
    alerts: sorted.slice(0, MAX_NOTIFIED_ALERTS).map((alert, index) => notified(alert, index < MAX_DETAILED_ALERTS, newIds)),
    omittedAlerts: Math.max(0, alerts.length - MAX_NOTIFIED_ALERTS),
  };
}

function notified(alert: Alert, isDetailed: boolean, newIds: ReadonlySet<string>): NotifiedAlert {
  const { sample: _sample, suggestedChecks: _checks, ...line } = alert.signal;
  return {
    id: alert.id,
    status: alert.status,
    signal: isDetailed ? alert.signal : { ...line, description: "" },
    count: alert.count,
    isNew: newIds.has(alert.id),
    ...(alert.acknowledged && { acknowledged: alert.acknowledged }),
    ...(alert.resolvedAtMs !== undefined && { resolvedAtMs: alert.resolvedAtMs }),
  };
}

function loudestThenEarliest(a: Alert, b: Alert): number {
  const bySeverity = SEVERITIES.indexOf(a.signal.labels.severity) - SEVERITIES.indexOf(b.signal.labels.severity);
  return bySeverity || a.signal.startsAt - b.signal.startsAt || compare(a.signal.name, b.signal.name) || compare(a.id, b.id);
}

/** Code unit order: the same everywhere, whatever the locale. */
function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
