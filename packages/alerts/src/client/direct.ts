import type { ChannelDeps } from "../channels/channel.ts";
import { workerDeps } from "../channels/deps.ts";
import { sendTo, unavailableChannels } from "../channels/senders.ts";
import { readEnvironment } from "../environment.ts";
import { cleanSignal } from "../model/clean-signal.ts";
import { alertId, groupKeyOf } from "../model/identity.ts";
import type { AlertSignal } from "../model/signal.ts";
import { createNotification, type Notification } from "../notification/notification.ts";
import { CHANNEL_NAMES, defaultRoutes, type ChannelName } from "../routing/routes.ts";

/** A message that no AlertManager stands behind: the channels to call, and the calling. */
export interface DirectMessage {
  channels: ChannelName[];
  /** Calls every channel once, independently. Never rejects; gives the channels that took it. */
  send(): Promise<ChannelName[]>;
}

/**
 * One signal as a message to the channels of its severity. Nothing is stored and nothing retried: best effort.
 *
 * @param note why it comes this way, shown in the message
 */
export function directMessage(env: object, signal: AlertSignal, id: string, nowMs: number, note?: string): DirectMessage {
  const deps = depsOf(env);
  const clean = cleanSignal(signal, "worker", nowMs);
  if (clean === undefined) return { channels: [], send: async () => [] };
  const missing = unavailableChannels(deps);
  const routed = CHANNEL_NAMES.filter((channel) => defaultRoutes[clean.labels.severity].includes(channel));
  const channels = routed.filter((channel) => missing[channel] === undefined);
  const notes = routed.flatMap((channel) => (missing[channel] === undefined ? [] : [`${channel}: ${missing[channel]}`]));
  const notification = notificationOf(clean, id, nowMs, note === undefined ? notes : [note, ...notes]);
  return {
    channels,
    async send() {
      const outcomes = await Promise.all(channels.map((channel) => sendTo(channel, notification, deps)));
      return channels.filter((_, index) => outcomes[index]?.kind === "delivered");
    },
  };
}

/** An environment is read once. */
const known = new WeakMap<object, ChannelDeps>();

function depsOf(env: object): ChannelDeps {
  const deps = known.get(env) ?? workerDeps(readEnvironment(env));
  known.set(env, deps);
  return deps;
}

function notificationOf(signal: AlertSignal, id: string, nowMs: number, notes: string[]): Notification {
  const groupKey = groupKeyOf(signal.labels);
  const { worker, environment, symptom } = signal.labels;
  const isOver = signal.status === "resolved";
  const alert = {
    id: alertId(signal.name, signal.labels),
    groupKey,
    status: signal.status,
    source: "worker" as const,
    signal,
    firedAtMs: nowMs,
    severitySinceMs: nowMs,
    lastRaisedAtMs: nowMs,
    count: signal.count ?? 1,
    told: {},
    ...(isOver && { resolvedAtMs: nowMs }),
  };
  return createNotification([alert], {
    id: `${groupKey}/direct/${id}`,
    groupKey,
    groupLabels: { environment, worker, symptom },
    reason: isOver ? "resolved" : "first",
    decidedAtMs: nowMs,
    notes,
    newIds: new Set([alert.id]),
  });
}
