import type { Severity } from "./severity.ts";
import type { Target } from "./target.ts";

/** Why a notification was sent. */
export type NotifyReason =
  | "first"
  | "new-alerts"
  | "severity-rise"
  | "repeat"
  | "channel-failed"
  | "resolved"
  | ReminderReason
  | "acknowledged"
  | "silence-ending"
  | "closed"
  | "late";

/** Why an alert that was told is told again before its repeat is due. */
export type ReminderReason = "count-rise" | "new-error" | "escalation" | "acknowledgement-expired" | "silence-ended";

/**
 * What a notification does to its reader: `firing` opens or keeps open, `resolved` closes, `acknowledged` says that somebody has
 * it, `notice` tells something about the telling, `digest` says late what happened meanwhile.
 */
export type NotificationKind = "firing" | "resolved" | "acknowledged" | "notice" | "digest";

/** What became of a notification on one channel. */
export type DeliveryStatus = "pending" | "delivered" | "failed" | "not-configured" | "dropped";

/** One notification on one channel. */
export interface NotificationRecord {
  /** The same on every retry: a peer that sees it twice may drop the second. */
  id: string;
  /** The target it went to. */
  channel: Target;
  groupKey: string;
  kind: NotificationKind;
  reason: NotifyReason;
  severity: Severity;
  title: string;
  status: DeliveryStatus;
  attempts: number;
  /** Epoch ms at which it was decided. */
  decidedAtMs: number;
  deliveredAtMs?: number;
  /** Why it was not delivered (yet); never holds a secret. */
  detail?: string;
}

/** What a line of history is about. */
export type HistoryEvent =
  | "pending"
  | "fired"
  | "severity-rise"
  | "count-rise"
  | "new-error"
  | "frozen"
  | "ending"
  | "resolved"
  | "acknowledged"
  | "acknowledgement-fell"
  | "escalated"
  | "held"
  | "released"
  | "silenced"
  | "silence-ended"
  | "flapping"
  | "closed"
  | "routed"
  | "told"
  | "told-resolved"
  | "never-told"
  | "not-configured"
  | "undeliverable"
  | "refused";

/** One line of the alert history. */
export interface HistoryEntry {
  atMs: number;
  event: HistoryEvent;
  groupKey: string;
  alertId?: string;
  text: string;
}

/** What still waits to be delivered. */
export interface Backlog {
  pending: number;
  /** Epoch ms at which the oldest waiting notification was decided. */
  oldestDecidedAtMs?: number;
}
