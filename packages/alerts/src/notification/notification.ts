import type { Acknowledgement, Alert, ErrorCount } from "../model/alert.ts";
import type { NotificationKind, NotifyReason } from "../model/record.ts";
import { SEVERITIES, loudest, type Severity } from "../model/severity.ts";
import type { AlertSignal } from "../model/signal.ts";
import type { Enrichment } from "./enrichment.ts";

/** One alert inside a notification. */
export interface NotifiedAlert {
  id: string;
  status: "firing" | "resolved";
  signal: AlertSignal;
  count: number;
  /** Occurrences since the last message about it, and when that was (epoch ms); absent in the first message. */
  since?: { count: number; atMs: number };
  /** The errors it merges, most frequent first. */
  errors: ErrorCount[];
  /** True when the channel has not been told of this alert before. */
  isNew: boolean;
  /** True for an alert that keeps coming and going: its end is told after some quiet only. */
  isFlapping: boolean;
  /** Level of escalation reached, 0 for the first. */
  escalationLevel: number;
  acknowledged?: Acknowledgement;
  resolvedAtMs?: number;
}

/** One outage in a digest of what was told late. */
export interface DigestEntry {
  groupKey: string;
  state: "firing" | "over";
  severity: Severity;
  worker: string;
  summary: string;
  startsAtMs: number;
  endedAtMs?: number;
  /** Alerts of the outage. */
  alerts: number;
}

/** What one or more channels are told about a group at one moment; frozen when it is decided, so that a retry says the same. */
export interface Notification {
  /** The same on every retry, different for every decision: group, episode, kind and sequence. */
  id: string;
  groupKey: string;
  groupLabels: Record<string, string>;
  kind: NotificationKind;
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
  /** Alerts that are not told by themselves because of these. */
  inhibited: string[];
  /** What the reader should know about the telling itself, for example which channel could not be told. */
  notes: string[];
  /** A test or drill says so before anything else. */
  drill?: "test" | "drill";
  /** Outages that a digest sums up. */
  digest?: DigestEntry[];
  /** What the evaluator found out meanwhile. */
  enrichment?: Enrichment;
  /** Pages that acknowledge or silence once somebody confirms there; put in when it is sent, for they are signed. */
  actions?: { text: string; url: string }[];
}

/** Alerts listed in one notification; the rest is a number. A Slack message holds 50 blocks and about 9,000 characters. */
export const MAX_NOTIFIED_ALERTS = 40;
/** Alerts that carry their sample, description and checks; the rest is a line each. */
const MAX_DETAILED_ALERTS = 3;
const MAX_NOTIFIED_ERRORS = 5;
const MAX_INHIBITED = 10;

/** What is the same for all notifications of a decision. */
export interface NotificationContext {
  id: string;
  groupKey: string;
  groupLabels: Record<string, string>;
  kind: NotificationKind;
  reason: NotifyReason;
  decidedAtMs: number;
  notes: string[];
  /** Alerts the channel has not been told of before. */
  newIds: ReadonlySet<string>;
  flappingIds?: ReadonlySet<string>;
  inhibited?: readonly string[];
}

/** Freezes alerts into a notification. */
export function createNotification(alerts: readonly Alert[], context: NotificationContext): Notification {
  const { newIds: _newIds, flappingIds: _flappingIds, inhibited = [], ...common } = context;
  const sorted = [...alerts].sort(loudestThenEarliest);
  const drill = alerts[0]?.signal.drill?.kind;
  const hidden = inhibited.length - MAX_INHIBITED;
  return {
    ...common,
    severity: loudest(alerts.map((alert) => alert.signal.labels.severity)),
    startsAtMs: Math.min(...alerts.map((alert) => alert.signal.startsAt)),
    alerts: sorted.slice(0, MAX_NOTIFIED_ALERTS).map((alert, index) => notified(alert, index < MAX_DETAILED_ALERTS, context)),
    omittedAlerts: Math.max(0, alerts.length - MAX_NOTIFIED_ALERTS),
    inhibited: hidden > 0 ? [...inhibited.slice(0, MAX_INHIBITED), `and ${hidden} more`] : [...inhibited],
    ...(drill && { drill }),
  };
}

function notified(alert: Alert, isDetailed: boolean, { newIds, flappingIds }: NotificationContext): NotifiedAlert {
  const { sample: _sample, suggestedChecks: _checks, ...line } = alert.signal;
  const { toldCount } = alert;
  return {
    id: alert.id,
    status: alert.status === "resolved" ? "resolved" : "firing",
    signal: isDetailed ? alert.signal : { ...line, description: "" },
    count: alert.count,
    ...(toldCount && { since: { count: alert.count - toldCount.count, atMs: toldCount.atMs } }),
    errors: isDetailed ? (alert.errors ?? []).slice(0, MAX_NOTIFIED_ERRORS) : [],
    isNew: newIds.has(alert.id),
    isFlapping: flappingIds?.has(alert.id) ?? false,
    escalationLevel: alert.escalation?.level ?? 0,
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
