import type { HistoryEntry, NotificationRecord } from "../model/record.ts";
import type { RaiseBatch } from "../model/signal.ts";
import type { Silence } from "../model/silence.ts";
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
  /** `target` is an alert id or a group key; `from` says who knows of it already. An `id` that is known changes nothing. */
  | { kind: "acknowledge"; target: string; by: string; from?: "pagerduty"; id?: string; atMs?: number }
  /** Takes an acknowledgement back. */
  | { kind: "unacknowledge"; target: string; by: string; id?: string; atMs?: number }
  | { kind: "silence"; silence: Silence }
  /** Ends a silence early. */
  | { kind: "unsilence"; id: string; by: string }
  /** Ends every alert of a worker that is gone. */
  | { kind: "close"; worker: string; by: string }
  /** The settings have changed: everything open is looked at again. */
  | { kind: "reconsider" }
  | { kind: "outcome"; jobId: string; outcome: Outcome };

/** What the shell has to do after it has stored the state, in this order. */
export type Effect =
  | { kind: "store-notification"; notification: Notification }
  | { kind: "record-delivery"; record: NotificationRecord }
  | { kind: "record-history"; entry: HistoryEntry }
  /** A worker's alert is over and that is told: the next one is news, whatever its cooldown says. */
  | { kind: "end-cooldown"; rule: string; worker: string }
  /** Deliver a job's notification; `lateSinceMs` says that it should say it is late, and when it was decided (epoch ms). */
  | { kind: "deliver"; job: Job; lateSinceMs?: number };
