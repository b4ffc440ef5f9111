import type { Severity } from "./severity.ts";
import type { ChannelName } from "../routing/routes.ts";

/** Why a notification was sent. */
export type NotifyReason = "first" | "new-alerts" | "severity-rise" | "repeat" | "channel-failed" | "resolved";

/** What became of a notification on one channel. */
export type DeliveryStatus = "pending" | "delivered" | "failed" | "not-configured" | "dropped";

/** One notification on one channel. */
export interface NotificationRecord {
  /** The same on every retry: a peer that sees it twice may drop the second. */
  id: string;
  channel: ChannelName;
  groupKey: string;
  kind: "firing" | "resolved";
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

/** One line of the alert history. */
export interface HistoryEntry {
  atMs: number;
  event:
    | "fired"
    | "severity-rise"
    | "resolved"
    | "acknowledged"
    | "told"
    | "told-resolved"
    | "never-told"
    | "not-configured"
    | "undeliverable";
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
