import fc from "fast-check";
import {
  channelOf,
  defaultSettings,
  emptyState,
  nextStepAt,
  parseMatchers,
  step,
  type Alert,
  type AlertSignal,
  type EngineEvent,
  type EngineState,
  type Job,
  type Notification,
  type RaiseSource,
  type Severity,
  type Target,
} from "../src/index.ts";
import { signal } from "./signals.ts";

/** What the model knows: how often each open alert was raised, by alert id. */
export interface Model {
  counts: Map<string, number>;
}

/** A message that a peer took. */
interface Taken {
  target: Target;
  notification: Notification;
  atMs: number;
}

const HOUR_MS = 3_600_000;

/**
 * The engine, a store that survives crashes as text, and peers that can be down. A crash between any two steps loses what was not
 * stored; what was stored comes back from its text alone.
 */
export class World {
  nowMs = 1_000;
  taken: Taken[] = [];
  /** What the next deliveries meet; well when empty. */
  fates: Fate[] = [];
  readonly #notifications = new Map<string, Notification>();
  #stored = write(emptyState);
  #crashes: Crash[] = [];
  #batches = 0;

  get state(): EngineState {
    return read(this.#stored);
  }

  crashNext(crash: Crash): void {
    this.#crashes.push(crash);
  }

  /** A caller that hears nothing of its batch sends it again, under the same id. */
  raise(source: RaiseSource, ...signals: AlertSignal[]): void {
    this.#batches += 1;
    const event: EngineEvent = { kind: "raise", batch: { id: `batch-${this.#batches}`, source, signals } };
    while (!this.take(event)) continue;
  }

  /** Takes one step. False when the process died before it could answer. */
  take(event: EngineEvent): boolean {
    const crash = this.#crashes.shift();
    if (crash === "before-store") return false;
    const done = step(this.state, event, this.nowMs);
    for (const effect of done.effects) {
      if (effect.kind === "store-notification") this.#notifications.set(effect.notification.id, effect.notification);
    }
    this.#stored = write(done.state);
    if (crash === "after-store") return false;
    for (const effect of done.effects) if (effect.kind === "deliver") this.#deliver(effect.job);
    return true;
  }

  pass(durationMs: number): void {
    const untilMs = this.nowMs + durationMs;
    for (let due = nextStepAt(this.state); due !== null && due <= untilMs; due = nextStepAt(this.state)) {
      this.nowMs = Math.max(due, this.nowMs);
      this.take({ kind: "tick" });
    }
    this.nowMs = untilMs;
  }

  #deliver(job: Job): void {
    const notification = this.#notifications.get(job.notificationId);
    if (notification === undefined) throw new Error(`a job of a notification that was never stored: ${job.notificationId}`);
    const fate = this.fates.shift() ?? "delivered";
    if (fate === "delivered" || fate === "answer-lost") this.taken.push({ target: job.channel, notification, atMs: this.nowMs });
    if (fate === "answer-lost" || fate === "lost") return;
    const outcome = fate === "delivered" ? ({ kind: "delivered" } as const) : ({ kind: "retry", reason: "down" } as const);
    this.take({ kind: "outcome", jobId: job.id, outcome });
  }
}

type Crash = "before-store" | "after-store";
/** What becomes of a delivery: `answer-lost` was taken by the peer, `lost` was not; of neither the engine hears. */
type Fate = "delivered" | "retry" | "answer-lost" | "lost";

/** Commands of a random day. */
export function commands(maxCommands: number): fc.Arbitrary<Iterable<fc.Command<Model, World>>> {
  const name = fc.constantFrom("a", "b");
  const worker = fc.constantFrom("api", "web");
  const severity = fc.constantFrom<Severity>("critical", "critical", "warning", "info");
  const source = fc.constantFrom<RaiseSource>("evaluator", "worker");
  const one = fc.record({ name, worker, severity });
  const wait = fc.oneof(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 60_000, max: 2 * HOUR_MS }));
  return fc.commands(
    [
      fc.tuple(one, source, fc.constantFrom(1, 7, 5_000)).map(([fields, from, count]) =>
        does(`raise ${fields.name}`, (model, world) => {
          const raised = signal(fields.name, fields, { count });
          world.raise(from, raised);
          countRaise(model, world, raised, count);
        }),
      ),
      one.map((fields) =>
        does(`end ${fields.name}`, (_, world) =>
          world.raise("evaluator", signal(fields.name, { ...fields, status: "resolved" })),
        ),
      ),
      wait.map((ms) => does(`wait ${ms}`, (_, world) => world.pass(ms))),
      wait.map((ms) => does(`wait ${ms}`, (_, world) => world.pass(ms))),
      worker.map((of) =>
        does(`acknowledge ${of}`, (_, world) => world.take({ kind: "acknowledge", target: groupOf(of), by: "kim" })),
      ),
      worker.map((of) =>
        does(`unacknowledge ${of}`, (_, world) => world.take({ kind: "unacknowledge", target: groupOf(of), by: "kim" })),
      ),
      fc.tuple(name, wait).map(([of, ms]) => does(`silence ${of}`, (_, world) => silence(world, of, ms))),
      fc.constant(does("unsilence", unsilence)),
      worker.map((of) => does(`close ${of}`, (_, world) => void world.take({ kind: "close", worker: of, by: "kim" }))),
      fc
        .array(fc.constantFrom<Fate>("delivered", "retry", "retry", "answer-lost", "lost"), { maxLength: 8 })
        .map((fates) => does(`fates ${fates.join(" ")}`, (_, world) => void world.fates.push(...fates))),
      fc
        .constantFrom<Crash>("before-store", "after-store")
        .map((crash) => does(`crash ${crash}`, (_, world) => world.crashNext(crash))),
    ],
    { maxCommands, size: "max" },
  );
}

/** Lets everything settle with peers that are well and nothing silenced, then says what is wrong. */
export function settle(world: World): string[] {
  world.fates = [];
  unsilence(undefined, world);
  world.pass(3 * HOUR_MS);
  // A repeat that is decided at this very moment may have a second of Slack's rate limit before it.
  const waiting = [...world.state.jobs.values()].filter(({ record }) => record.decidedAtMs < world.nowMs - 60_000);
  return [...lost(world), ...waiting.map(({ id }) => `${id} still waits though every peer is well`)];
}

/** Firing alerts that a channel of theirs has not heard of. */
function lost(world: World): string[] {
  return [...world.state.alerts.values()].flatMap((alert) => {
    if (alert.status !== "firing" || alert.hold) return [];
    const { targets } = defaultSettings.routing.decide(alert.signal.labels);
    return targets
      .filter((target) => !hasHeardOf(world, target, alert))
      .map((target) => `${target} never heard of ${alert.signal.name}`);
  });
}

function hasHeardOf(world: World, target: Target, alert: Alert): boolean {
  return world.taken.some(({ target: at, notification }) => {
    if (at !== target || notification.decidedAtMs < alert.firedAtMs) return false;
    if (notification.digest)
      return notification.digest.some(({ groupKey, state }) => groupKey === alert.groupKey && state === "firing");
    return notification.kind === "firing" && notification.alerts.some(({ id }) => id === alert.id);
  });
}

/** What a channel was told of a group, in order; repeats of one notification, after a crash, are left out. */
function words(world: World): Map<string, { firing: boolean; reason: string; atMs: number; severity: Severity }[]> {
  const all = new Map<string, { firing: boolean; reason: string; atMs: number; severity: Severity }[]>();
  const seen = new Set<string>();
  for (const { target, notification } of world.taken) {
    if (seen.has(`${target} ${notification.id}`)) continue;
    seen.add(`${target} ${notification.id}`);
    const { reason, severity, decidedAtMs: atMs } = notification;
    const groups = notification.alerts.map(({ signal: { labels } }) => groupOf(labels.worker));
    const said = notification.digest
      ? notification.digest.map(({ groupKey, state }) => ({ groupKey, firing: state === "firing" }))
      : ["firing", "resolved"].includes(notification.kind)
        ? [...new Set(groups)].map((groupKey) => ({ groupKey, firing: notification.kind === "firing" }))
        : [];
    for (const { groupKey, firing } of said) {
      const key = `${target} ${groupKey}`;
      all.set(key, [...(all.get(key) ?? []), { firing, reason, atMs, severity }]);
    }
  }
  return all;
}

/** What is wrong with what was told so far. */
export function faults(model: Model, world: World): string[] {
  const wrong: string[] = [];
  for (const [key, told] of words(world)) {
    told.forEach((word, index) => {
      const before = told[index - 1];
      // A digest may name an outage that began and ended while the channel was down.
      if (!word.firing && word.reason !== "late" && before?.firing !== true) wrong.push(`${key}: an end without a beginning`);
      if (word.reason === "first" && before?.firing === true) wrong.push(`${key}: called new twice`);
      if (word.reason === "repeat" && before) {
        const intervalMs = defaultSettings.repeatIntervalMs[word.severity] ?? Infinity;
        if (word.atMs - before.atMs < intervalMs) wrong.push(`${key}: repeated after ${word.atMs - before.atMs} ms`);
      }
    });
  }
  const incidents = new Set<string>();
  for (const { target, notification } of world.taken) {
    if (channelOf(target) === "pagerduty") incidents.add(notification.groupKey);
  }
  if (incidents.size > 2) wrong.push("more incidents than groups");
  for (const alert of world.state.alerts.values()) {
    const raised = model.counts.get(alert.id) ?? 0;
    if (alert.count !== raised) wrong.push(`${alert.signal.name} counts ${alert.count}, it was raised ${raised} times`);
  }
  return wrong;
}

function does(name: string, run: (model: Model, world: World) => void): fc.Command<Model, World> {
  return {
    check: () => true,
    run(model, world) {
      run(model, world);
      forget(model, world);
      const wrong = faults(model, world);
      if (wrong.length > 0) throw new Error(`after "${name}": ${wrong.join("; ")}`);
    },
    toString: () => name,
  };
}

/** Alerts that are over and told are counted from nothing when they begin again. */
function forget(model: Model, world: World): void {
  const { alerts } = world.state;
  for (const id of model.counts.keys()) if (!alerts.has(id)) model.counts.delete(id);
}

function countRaise(model: Model, world: World, raised: AlertSignal, count: number): void {
  const alert = [...world.state.alerts.values()].find(
    ({ signal: { name, labels } }) => name === raised.name && labels.worker === raised.labels.worker,
  );
  if (alert) model.counts.set(alert.id, (model.counts.get(alert.id) ?? 0) + count);
}

function silence(world: World, name: string, durationMs: number): void {
  const matchers = parseMatchers([`name=${name}`]);
  if (!Array.isArray(matchers)) throw new Error(matchers.message);
  const times = { fromMs: world.nowMs, untilMs: world.nowMs + durationMs, createdAtMs: world.nowMs };
  world.take({ kind: "silence", silence: { id: `s${world.nowMs}`, matchers, by: "kim", why: "x", ...times } });
}

function unsilence(_: unknown, world: World): void {
  for (const id of world.state.silences.keys()) world.take({ kind: "unsilence", id, by: "kim" });
}

function groupOf(worker: string): string {
  return `environment=production,worker=${worker},symptom=errors`;
}

const MAPS = ["alerts", "groups", "jobs", "batches", "silences", "begins", "seenErrors"] as const;

function write(state: EngineState): string {
  return JSON.stringify({ ...state, ...Object.fromEntries(MAPS.map((name) => [name, [...state[name]]])) });
}

/** The state from its text: the boundary at which stored text becomes typed again. */
function read(text: string): EngineState {
  const stored = JSON.parse(text) as Record<string, unknown>;
  const maps = MAPS.map((name) => [name, new Map(stored[name] as [string, never][])]);
  return { ...stored, ...Object.fromEntries(maps) } as EngineState;
}
