import type { Alert } from "../model/alert.ts";
import type { NotificationRecord } from "../model/record.ts";
import type { ChannelName } from "../routing/routes.ts";

/** What one channel knows of a group. */
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
  /** Number of the present outage, unique over all groups. */
  episode: number;
  /** Notifications decided in this episode. */
  sequence: number;
  /** When a decision falls due next, or null; recomputed whenever the group changes. */
  dueAtMs: number | null;
  channels: Partial<Record<ChannelName, ChannelLog>>;
  /** Channels that refused this episode's messages for good, with the reason. */
  refused: Partial<Record<ChannelName, string>>;
}

/** One notification on its way to one channel. Jobs of one group and channel are delivered in order. */
export interface Job {
  id: string;
  notificationId: string;
  groupKey: string;
  channel: ChannelName;
  /** Place in the queue; smaller goes first. */
  order: number;
  /** Epoch ms of the next attempt, or of the end of the lease while it is being sent. */
  dueAtMs: number;
  isSending: boolean;
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
  /** Until when a channel may not be used, because of its rate limit. */
  pausedUntilMs: Readonly<Partial<Record<ChannelName, number>>>;
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
  pausedUntilMs: {},
};
