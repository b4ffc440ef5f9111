import {
  channelOf,
  defaultSettings,
  emptyState,
  missingAt,
  nextStepAt,
  sendTo,
  step,
  type ChannelDeps,
  type ChannelName,
  type EngineEvent,
  type EngineSettings,
  type EngineState,
  type HistoryEntry,
  type Notification,
  type NotificationRecord,
} from "../src/index.ts";

/** The engine with real channels over real sockets, on a fake clock: what AlertManager does, without Workers. */
export interface Desk {
  /** Lets time pass up to `seconds`, delivering for real whenever something is due, then takes in the events. */
  at(seconds: number, ...events: EngineEvent[]): Promise<void>;
  /** Deliveries, the newest state of each. */
  records(): NotificationRecord[];
  /** Delivered records of a channel, in order of delivery. */
  delivered(channel: ChannelName): NotificationRecord[];
  state(): EngineState;
  /** Everything that is stored or said anywhere: state, texts, records, history. */
  everything(): string;
}

/** Opens a desk at second 0. */
export function desk(deps: ChannelDeps, fields: Partial<EngineSettings> = {}): Desk {
  const settings: EngineSettings = { ...defaultSettings, unavailable: (target) => missingAt(target, deps), ...fields };
  const notifications = new Map<string, Notification>();
  const records = new Map<string, NotificationRecord>();
  const history: HistoryEntry[] = [];
  let state = emptyState;

  async function take(event: EngineEvent, nowMs: number): Promise<void> {
    const done = step(state, event, nowMs, settings);
    state = done.state;
    const deliveries: Promise<void>[] = [];
    for (const effect of done.effects) {
      if (effect.kind === "store-notification") notifications.set(effect.notification.id, effect.notification);
      if (effect.kind === "record-delivery") records.set(`${effect.record.id}/${effect.record.channel}`, effect.record);
      if (effect.kind === "record-history") history.push(effect.entry);
      if (effect.kind === "deliver")
        deliveries.push(deliver(effect.job.id, effect.job.channel, effect.job.notificationId, nowMs));
    }
    await Promise.all(deliveries);
  }

  async function deliver(jobId: string, target: NotificationRecord["channel"], id: string, nowMs: number): Promise<void> {
    const notification = notifications.get(id);
    if (notification === undefined) throw new Error(`job of an unknown notification ${id}`);
    const outcome = await sendTo(target, notification, deps);
    await take({ kind: "outcome", jobId, outcome }, nowMs);
  }

  return {
    async at(seconds, ...events) {
      for (let due = nextStepAt(state, settings); due !== null && due <= seconds * 1000; due = nextStepAt(state, settings)) {
        await take({ kind: "tick" }, Math.max(due, state.nowMs));
      }
      for (const event of events) await take(event, seconds * 1000);
    },
    records: () => [...records.values()],
    delivered: (channel) =>
      [...records.values()]
        .filter((record) => channelOf(record.channel) === channel && record.status === "delivered")
        .sort((a, b) => (a.deliveredAtMs ?? 0) - (b.deliveredAtMs ?? 0)),
    state: () => state,
    everything: () =>
      JSON.stringify([
        [...state.alerts, ...state.groups, ...state.jobs],
        [...notifications.values()],
        [...records.values()],
        history,
      ]),
  };
}
