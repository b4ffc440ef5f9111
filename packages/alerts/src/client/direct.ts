import type { ChannelDeps } from "../channels/channel.ts";
import { workerDeps } from "../channels/deps.ts";
import { missingAt, sendTo } from "../channels/senders.ts";
import { readEnvironment } from "../environment.ts";
import { cleanSignal } from "../model/clean-signal.ts";
import { alertId, groupKeyOf } from "../model/identity.ts";
import type { AlertSignal } from "../model/signal.ts";
import { sortTargets, type Target } from "../model/target.ts";
import { createNotification, type Notification } from "../notification/notification.ts";
import { defaultRoutes } from "../routing/routes.ts";
import { routingBySeverity, type Routing } from "../routing/routing.ts";

/** A message that no AlertManager stands behind: the targets to call, and the calling. */
export interface DirectMessage {
  channels: Target[];
  /** Calls every target once, independently. Never rejects; gives the targets that took it. */
  send(): Promise<Target[]>;
}

const defaultRouting = /* @__PURE__ */ routingBySeverity(defaultRoutes);

/**
 * One signal as a message to the targets that its route names. Nothing is stored and nothing retried: best effort.
 *
 * @param note why it comes this way, shown in the message
 */
export function directMessage(
  env: object,
  signal: AlertSignal,
  id: string,
  nowMs: number,
  note?: string,
  routing: Routing = defaultRouting,
): DirectMessage {
  const { deps, dashboardUrl } = worldOf(env);
  const clean = cleanSignal(signal, "worker", nowMs, dashboardUrl);
  if (clean === undefined) return { channels: [], send: async () => [] };
  const routed = sortTargets(routing.decide(clean.labels).targets).map((target) => ({
    target,
    missing: missingAt(target, deps),
  }));
  const channels = routed.filter(({ missing }) => missing === undefined).map(({ target }) => target);
  const notes = routed.flatMap(({ target, missing }) => (missing === undefined ? [] : [`Not told: ${target}: ${missing}`]));
  const notification = notificationOf(clean, id, nowMs, note === undefined ? notes : [note, ...notes]);
  return {
    channels,
    async send() {
      const outcomes = await Promise.all(channels.map((target) => sendTo(target, notification, deps)));
      return channels.filter((_, index) => outcomes[index]?.kind === "delivered");
    },
  };
}

/** An environment is read once. */
const known = new WeakMap<object, World>();

interface World {
  deps: ChannelDeps;
  dashboardUrl: string | undefined;
}

function worldOf(env: object): World {
  const found = known.get(env);
  if (found) return found;
  const environment = readEnvironment(env);
  const world = { deps: workerDeps(environment), dashboardUrl: environment.dashboardUrl };
  known.set(env, world);
  return world;
}

function notificationOf(signal: AlertSignal, id: string, nowMs: number, notes: string[]): Notification {
  const groupKey = groupKeyOf(signal.labels);
  const { worker, environment, symptom } = signal.labels;
  const isOver = signal.status === "resolved";
  const alert = {
    id: alertId(signal.name, signal.labels),
    groupKey,
    status: isOver ? ("resolved" as const) : ("firing" as const),
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
    kind: isOver ? "resolved" : "firing",
    reason: isOver ? "resolved" : "first",
    decidedAtMs: nowMs,
    notes,
    newIds: new Set([alert.id]),
  });
}
