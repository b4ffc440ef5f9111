import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signal } from "../../test/signals.ts";
import {
  defaultSettings,
  emptyState,
  nextStepAt,
  SEVERITIES,
  step,
  type AlertSignal,
  type EngineEvent,
  type EngineState,
  type Notification,
  type Outcome,
  type Target,
} from "../index.ts";

/** What happens to an attempt; `crash` loses its outcome after the peer took it, `lost` before it was sent. */
type Fate = "delivered" | "retry" | "permanent" | "crash" | "lost";

/** One thing that happens, `waitMs` after the one before. */
interface Happening {
  waitMs: number;
  signal: AlertSignal;
  source: "evaluator" | "worker";
  does: "raise" | "wait" | "acknowledge";
  fates: Fate[];
}

/** A message that a peer took. */
interface Taken {
  channel: Target;
  notification: Notification;
}

const SEED = 20_261_124;
const RUNS = 40;
const HOUR_MS = 3_600_000;
const harmless: Fate[] = ["delivered", "delivered", "delivered", "retry", "crash", "lost"];

/** A random afternoon: few names and workers, so that they meet often. */
function happenings(fates: Fate[]): fc.Arbitrary<Happening[]> {
  const someSignal = fc
    .record({
      name: fc.constantFrom("a", "b", "c"),
      worker: fc.constantFrom("api", "web"),
      severity: fc.constantFrom(...SEVERITIES),
      status: fc.constantFrom("firing" as const, "firing" as const, "resolved" as const),
    })
    .map(({ name, ...fields }) => signal(name, fields));
  return fc.array(
    fc.record({
      waitMs: fc.oneof(fc.constant(0), fc.integer({ max: 30_000 }).map(Math.abs), fc.integer({ min: 60_000, max: 2 * HOUR_MS })),
      signal: someSignal,
      source: fc.constantFrom("evaluator" as const, "worker" as const),
      does: fc.constantFrom("raise" as const, "raise" as const, "raise" as const, "wait" as const, "acknowledge" as const),
      fates: fc.array(fc.constantFrom(...fates), { maxLength: 6 }),
    }),
    { maxLength: 40 },
  );
}

/** Lives through what happens, then through `afterMs` in which every peer is well. */
function live(
  what: Happening[],
  ending: (state: EngineState) => AlertSignal[],
  afterMs: number,
): { state: EngineState; taken: Taken[] } {
  const notifications = new Map<string, Notification>();
  const taken: Taken[] = [];
  let state = emptyState;
  let fates: Fate[] = [];

  function take(event: EngineEvent, nowMs: number): void {
    const done = step(state, event, nowMs);
    state = done.state;
    for (const effect of done.effects) {
      if (effect.kind === "store-notification") notifications.set(effect.notification.id, effect.notification);
      if (effect.kind !== "deliver") continue;
      const notification = notifications.get(effect.job.notificationId);
      if (notification === undefined) throw new Error("a job of a notification that was never stored");
      const fate = fates.shift() ?? "delivered";
      if (fate === "delivered" || fate === "crash") taken.push({ channel: effect.job.channel, notification });
      const outcome = outcomeOf(fate);
      if (outcome) take({ kind: "outcome", jobId: effect.job.id, outcome }, nowMs);
    }
  }

  function pass(untilMs: number): void {
    for (let due = nextStepAt(state); due !== null && due <= untilMs; due = nextStepAt(state))
      take({ kind: "tick" }, Math.max(due, state.nowMs));
  }

  let nowMs = 1;
  what.forEach((one, index) => {
    nowMs += one.waitMs;
    fates = [...fates, ...one.fates];
    pass(nowMs);
    if (one.does === "raise")
      take({ kind: "raise", batch: { id: String(index), source: one.source, signals: [one.signal] } }, nowMs);
    if (one.does === "acknowledge") take({ kind: "acknowledge", target: [...state.alerts.keys()][0] ?? "", by: "kim" }, nowMs);
  });
  fates = [];
  take({ kind: "raise", batch: { id: "ending", source: "evaluator", signals: ending(state) } }, nowMs);
  pass(nowMs + afterMs);
  return { state, taken };
}

function outcomeOf(fate: Fate): Outcome | undefined {
  if (fate === "retry") return { kind: "retry", reason: "down" };
  if (fate === "permanent") return { kind: "permanent", reason: "refused" };
  return fate === "delivered" ? { kind: "delivered" } : undefined;
}

/** Messages of each group and channel, repeats of one notification (after a crash) left out. */
function conversations(taken: Taken[]): Notification[][] {
  const all = new Map<string, Map<string, Notification>>();
  for (const { channel, notification } of taken) {
    // What is neither a beginning nor an end changes nothing of what a channel knows.
    if (notification.kind !== "firing" && notification.kind !== "resolved") continue;
    const key = `${channel} ${notification.groupKey}`;
    const messages = all.get(key) ?? new Map<string, Notification>();
    messages.set(notification.id, notification);
    all.set(key, messages);
  }
  return [...all.values()].map((messages) => [...messages.values()]);
}

const nothing = (): AlertSignal[] => [];
const endAll = (state: EngineState): AlertSignal[] =>
  [...state.alerts.values()].map((alert) => ({ ...alert.signal, status: "resolved" as const }));

function holds(fates: Fate[], law: (what: Happening[]) => void): void {
  fc.assert(fc.property(happenings(fates), law), { seed: SEED, numRuns: RUNS });
}

describe("whatever happens", () => {
  it("tells an end only to a channel whose last word was that it fires", () => {
    holds([...harmless, "permanent"], (what) => {
      for (const messages of conversations(live(what, endAll, 3 * HOUR_MS).taken)) {
        messages.forEach((message, index) => {
          if (message.kind === "resolved") expect(messages[index - 1]?.kind).toBe("firing");
        });
      }
    });
  });

  it("says nothing twice within the repeat interval", () => {
    holds([...harmless, "permanent"], (what) => {
      for (const messages of conversations(live(what, nothing, 3 * HOUR_MS).taken)) {
        messages.forEach((message, index) => {
          const before = messages[index - 1];
          if (message.reason !== "repeat" || before === undefined) return;
          const intervalMs = defaultSettings.repeatIntervalMs[message.severity] ?? Infinity;
          expect(message.decidedAtMs - before.decidedAtMs).toBeGreaterThanOrEqual(intervalMs);
        });
      }
    });
  });

  it("calls an outage new once: between two first messages lies an end", () => {
    holds(harmless, (what) => {
      for (const messages of conversations(live(what, nothing, 3 * HOUR_MS).taken)) {
        const firsts = messages.map(({ reason }) => reason).filter((reason) => reason === "first" || reason === "resolved");
        firsts.forEach((reason, index) => {
          if (reason === "first") expect(firsts[index - 1]).not.toBe("first");
        });
      }
    });
  });

  it("has at most one incident open in PagerDuty for each group, and none once everything is over", () => {
    holds(harmless, (what) => {
      const { taken, state } = live(what, endAll, 3 * HOUR_MS);
      const open = new Map<string, number>();
      for (const { channel, notification } of taken) {
        if (channel !== "pagerduty" || notification.kind === "acknowledged") continue;
        open.set(notification.groupKey, notification.kind === "firing" ? 1 : 0);
      }
      expect([...open.values()].reduce((sum, count) => sum + count, 0)).toBe(0);
      expect([state.alerts.size, state.groups.size, state.jobs.size]).toEqual([0, 0, 0]);
    });
  });

  it("loses no alert that still fires: every channel of its severity has heard of it once peers are well", () => {
    holds(harmless, (what) => {
      const { state, taken } = live(what, nothing, 3 * HOUR_MS);
      for (const alert of state.alerts.values()) {
        if (alert.status !== "firing") continue;
        for (const channel of defaultSettings.routing.decide(alert.signal.labels).targets) {
          const heard = taken.filter(
            (message) => message.channel === channel && message.notification.groupKey === alert.groupKey,
          );
          const since = heard.filter(
            ({ notification }) => notification.kind === "firing" && notification.decidedAtMs >= alert.firedAtMs,
          );
          expect(since.some(({ notification }) => notification.alerts.some(({ id }) => id === alert.id))).toBe(true);
        }
      }
      expect(state.jobs.size).toBe(0);
    });
  });

  it("counts every occurrence of an alert that still fires", () => {
    holds(["delivered"], (what) => {
      const firing = what.map((one) => ({
        ...one,
        does: "raise" as const,
        source: "evaluator" as const,
        signal: { ...one.signal, status: "firing" as const },
      }));
      const { state } = live(firing, nothing, 0);
      expect([...state.alerts.values()].reduce((sum, { count }) => sum + count, 0)).toBe(firing.length);
    });
  });

  it("gives the same messages when every step is told an earlier time than the last", () => {
    holds(["delivered"], (what) => {
      const { state } = live(what, nothing, 0);
      const { state: after } = step(state, { kind: "tick" }, state.nowMs - HOUR_MS);
      expect(after.nowMs).toBe(state.nowMs);
    });
  });
});
