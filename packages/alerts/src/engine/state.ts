import type { Alert } from "../model/alert.ts";
import type { NotificationKind, NotificationRecord } from "../model/record.ts";
import type { DigestEntry } from "../notification/notification.ts";
import type { Silence } from "../model/silence.ts";
import type { Target } from "../model/target.ts";

/** What one target knows of a group. */
export interface ChannelLog {
  /** Epoch ms of the last decision to tell it that the group fires. */
  lastToldAtMs: number;
  /** True from the delivery of a firing message to the delivery of its end: only such a channel hears of the end. */
  hasHeard: boolean;
}

/** Alerts that are told together. */
export interface Group {
  key: string;
  /** Values of the labels it is grouped by. */
  labels: Record<string, string>;
  /** Its alerts. */
  alertIds: readonly string[];
  /** Number of the present outage, unique over all groups. */
  episode: number;
  /** Notifications decided in this episode. */
  sequence: number;
  /** When a decision falls due next, or null; recomputed whenever the group changes. */
  dueAtMs: number | null;
  channels: Partial<Record<Target, ChannelLog>>;
  /** Targets that refused this episode's messages for good, with the reason. */
  refused: Partial<Record<Target, string>>;
}

/** A group that a notification about several groups speaks for, and whether it says that the group fires. */
export interface Covered {
  groupKey: string;
  kind: NotificationKind;
  /** Its line in a digest. */
  entry?: DigestEntry;
}

/** One notification on its way to one target. Jobs of one group and target are delivered in order. */
export interface Job {
  id: string;
  notificationId: string;
  groupKey: string;
  channel: Target;
  /** Other groups that the notification speaks for too: a digest, or the end of a worker. */
  covers?: Covered[];
  /** Place in the queue; smaller goes first. */
  order: number;
  /** Epoch ms of the next attempt, or of the end of the lease while it is being sent. */
  dueAtMs: number;
  isSending: boolean;
  /** When the oldest news was decided that this one replaced (epoch ms): since then the target has taken nothing. */
  waitsSinceMs?: number;
  /** True once an attempt never reported back: the peer may have the message. */
  mayBeTaken?: boolean;
  /** Epoch ms at which the message first said that it is late. */
  lateAtMs?: number;
  record: NotificationRecord;
}

/** Everything the engine knows. Never changed in place. */
export interface EngineState {
  /** The latest `now` of any step: time never runs backwards. */
  nowMs: number;
  lastEpisode: number;
  lastOrder: number;
  alerts: ReadonlyMap<string, Alert>;
  groups: ReadonlyMap<string, Group>;
  /** In order of `order`. */
  jobs: ReadonlyMap<string, Job>;
  /** Ids of batches already taken in, with the time; the oldest are forgotten first. */
  batches: ReadonlyMap<string, number>;
  silences: ReadonlyMap<string, Silence>;
  /** When each alert began lately (epoch ms, oldest first), by alert id; outlives the alert, so that flapping shows. */
  begins: ReadonlyMap<string, readonly number[]>;
  /** When each error of each alert was last seen (epoch ms), by `alertId fingerprint`; outlives the alert. */
  seenErrors: ReadonlyMap<string, number>;
  /** Until when a channel may not be used, because of its rate limit. */
  pausedUntilMs: Readonly<Partial<Record<Target, number>>>;
}

/** State of an engine that has heard nothing yet. */
export const emptyState: EngineState = {
  nowMs: 0,
  lastEpisode: 0,
  lastOrder: 0,
  alerts: new Map(),
  groups: new Map(),
  jobs: new Map(),
  batches: new Map(),
  silences: new Map(),
  begins: new Map(),
  seenErrors: new Map(),
  pausedUntilMs: {},
};
