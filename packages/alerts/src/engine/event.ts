import type { HistoryEntry, NotificationRecord } from "../model/record.ts";
import type { RaiseBatch } from "../model/signal.ts";
import type { Notification } from "../notification/notification.ts";
import type { Job } from "./state.ts";

/** What came of one attempt to deliver. */
export type Outcome =
  | { kind: "delivered" }
  /** Try again, not before `afterMs` where the peer asked for that. */
  | { kind: "retry"; reason: string; afterMs?: number }
  /** Trying again would fail again. */
  | { kind: "permanent"; reason: string };

/** What can happen to the engine. */
export type EngineEvent =
  | { kind: "raise"; batch: RaiseBatch }
  /** Time has passed. */
  | { kind: "tick" }
  /** `target` is an alert id or a group key. */
  | { kind: "acknowledge"; target: string; by: string }
  | { kind: "outcome"; jobId: string; outcome: Outcome };

/** What the shell has to do after it has stored the state, in this order. */
export type Effect =
  | { kind: "store-notification"; notification: Notification }
  | { kind: "record-delivery"; record: NotificationRecord }
  | { kind: "record-history"; entry: HistoryEntry }
  | { kind: "deliver"; job: Job };
