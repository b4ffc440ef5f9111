import {
  channelOf,
  defaultSettings,
  emptyState,
  nextStepAt,
  step,
  type ChannelName,
  type Effect,
  type EngineEvent,
  type EngineSettings,
  type EngineState,
  type Notification,
  type Outcome,
  type Target,
} from "../src/index.ts";

/** A message that a channel took, in words: `10s slack first a b`. */
export type Message = string;

/** How the peer of a channel answers, undefined for not yet; by default it takes everything. */
export type Peer = (channel: Target, atMs: number, notification: Notification) => Outcome | undefined;

/** One engine on a fake clock, told its deliveries' outcomes at once. */
export interface Timeline {
  /** Lets time pass up to `seconds`, ticking exactly when the engine asks, then takes in the events. */
  at(seconds: number, ...events: EngineEvent[]): void;
  /** What was delivered since the last call. */
  messages(...channels: Target[]): Message[];
  /** Everything that was delivered on the channels, in the order of time and name, with what is special about it. */
  details(...channels: ChannelName[]): Message[];
  /** Delivered notifications with their channel, all of them. */
  delivered: { channel: Target; notification: Notification; atMs: number; isLate: boolean }[];
  effects: Effect[];
  state(): EngineState;
}

/**
 * Opens a timeline at second 0.
 *
 * @param restarts whether the engine starts anew before every step, from nothing but what it has stored
 */
export function timeline(
  fields: Partial<EngineSettings> = {},
  peer: Peer = () => ({ kind: "delivered" }),
  restarts = false,
): Timeline {
  const settings = { ...defaultSettings, ...fields };
  const notifications = new Map<string, Notification>();
  const delivered: Timeline["delivered"] = [];
  const effects: Effect[] = [];
  let state = emptyState;
  let read = 0;

  function take(event: EngineEvent, nowMs: number): void {
    const done = step(restarts ? reloaded(state) : state, event, nowMs, settings);
    state = done.state;
    effects.push(...done.effects);
    for (const effect of done.effects) {
      if (effect.kind === "store-notification") notifications.set(effect.notification.id, effect.notification);
      if (effect.kind === "deliver") deliver(effect, nowMs);
    }
  }

  function deliver({ job, lateSinceMs }: Extract<Effect, { kind: "deliver" }>, nowMs: number): void {
    const notification = notifications.get(job.notificationId);
    if (notification === undefined) throw new Error(`job of an unknown notification ${job.notificationId}`);
    const outcome = peer(job.channel, nowMs, notification);
    if (outcome === undefined) return;
    if (outcome.kind === "delivered") {
      delivered.push({ channel: job.channel, notification, atMs: nowMs, isLate: lateSinceMs !== undefined });
    }
    take({ kind: "outcome", jobId: job.id, outcome }, nowMs);
  }

  return {
    at(seconds, ...events) {
      for (let due = nextStepAt(state, settings); due !== null && due <= seconds * 1000; due = nextStepAt(state, settings)) {
        take({ kind: "tick" }, Math.max(due, state.nowMs));
      }
      for (const event of events) take(event, seconds * 1000);
    },
    messages(...channels) {
      const fresh = delivered.slice(read);
      read = delivered.length;
      return fresh.filter(({ channel }) => channels.length === 0 || channels.includes(channel)).map(inWords);
    },
    details(...channels) {
      const lines = delivered.filter(({ channel }) => channels.includes(channelOf(channel)));
      return lines
        .map((one) => ({ atMs: one.atMs, text: inDetail(one) }))
        .sort((a, b) => a.atMs - b.atMs || (a.text < b.text ? -1 : 1))
        .map(({ text }) => text);
    },
    delivered,
    effects,
    state: () => state,
  };
}

/** The state as a new process reads it: everything through text. */
function reloaded(state: EngineState): EngineState {
  const entries = Object.entries(state).map(([name, value]: [string, unknown]) =>
    value instanceof Object && Symbol.iterator in value ? [name, [...(value as Iterable<unknown>)], "map"] : [name, value],
  );
  const read = JSON.parse(JSON.stringify(entries)) as [string, unknown, string?][];
  return Object.fromEntries(
    read.map(([name, value, kind]) => [name, kind === "map" ? new Map(value as []) : value]),
  ) as unknown as EngineState;
}

function inDetail(one: Timeline["delivered"][number]): Message {
  const { digest, inhibited, drill, alerts, reason } = one.notification;
  if (digest) {
    const entries = digest.map(({ worker, summary, state }) => `${worker}:${summary}=${state}`);
    return [`${Math.round(one.atMs / 1000)}s`, one.channel, reason, ...entries].join(" ");
  }
  const hidden = inhibited.map((line) => line.split(" ")[0]).join(" ");
  const more = alerts[0]?.since?.count ?? 0;
  const marks = [
    hidden && `(hides ${hidden})`,
    (reason === "count-rise" || reason === "new-error") && `(+${more})`,
    alerts.some(({ isFlapping }) => isFlapping) && "(flapping)",
    one.isLate && "(late)",
    drill && `[${drill}]`,
  ];
  const names = [...alerts.map((alert) => alert.signal.name)].sort();
  return [`${Math.round(one.atMs / 1000)}s`, one.channel, reason, ...names, ...marks.filter(Boolean)].join(" ");
}

function inWords({ channel, notification, atMs }: Timeline["delivered"][number]): Message {
  const names = notification.alerts.map((alert) => alert.signal.name);
  return [`${atMs / 1000}s`, channel, notification.reason, ...names].join(" ");
}
