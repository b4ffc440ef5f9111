import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, type PoolLimits } from "../model/pool.ts";
import { nextDueMs, POLL_MS } from "./deadlines.ts";
import type { RegistryEvent } from "./event.ts";
import { activeCount, emptyState, type Effect, type RegistryState } from "./state.ts";
import { step } from "./step.ts";

const SEED = 20_261_124;
const LIMITS: PoolLimits = { ...DEFAULT_LIMITS, capacity: 3, maxWaiting: 50, maxLifetimeMs: 300_000 };
const IDS = Array.from({ length: 12 }, (_, n) => `s${n}`);

interface Happening {
  readonly waitMs: number;
  readonly event: RegistryEvent;
}

const id = fc.constantFrom(...IDS);
const ask = fc.record({ id, waitMs: fc.constantFrom(0, 5_000, 60_000, 600_000) }).map(({ id: of, waitMs }): RegistryEvent => ({
  kind: "ask",
  ask: { id: of, pool: "agents", owner: `task-${of}`, workerName: "demo", limits: LIMITS, waitMs },
}));
const report = fc
  .record({ id, kind: fc.constantFrom("provisioned", "exec-started", "heartbeat", "exec-ended") })
  .map(({ id: of, kind }): RegistryEvent => ({ kind: "report", report: { kind, id: of } }));
const failure = fc
  .record({ id, kind: fc.constantFrom("provision-failed", "destroy-failed") })
  .map(({ id: of, kind }): RegistryEvent => ({ kind: "report", report: { kind, id: of, message: "no" } }));
const destroyed = id.map((of): RegistryEvent => ({
  kind: "report",
  report: { kind: "destroyed", id: of, exitReason: "finished" },
}));
const other: fc.Arbitrary<RegistryEvent> = fc.oneof(
  id.map((of): RegistryEvent => ({ kind: "leave", id: of })),
  id.map((of): RegistryEvent => ({ kind: "kill", ids: [of] })),
  fc.constant<RegistryEvent>({ kind: "tick" }),
);
const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({
    waitMs: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 60_000, max: 400_000 }) },
    ),
    event: fc.oneof(
      { weight: 4, arbitrary: ask },
      { weight: 3, arbitrary: report },
      failure,
      { weight: 2, arbitrary: destroyed },
      other,
    ),
  }),
  { maxLength: 120, size: "max" },
);

/** Lives through what happens, with a tick at every moment that falls due, and hands each step's effects over. */
function live(
  what: readonly Happening[],
  look: (effects: readonly Effect[], state: RegistryState, nowMs: number, before: RegistryState) => void = () => undefined,
): { state: RegistryState; nowMs: number } {
  let state = emptyState;
  let nowMs = 1;
  const take = (event: RegistryEvent): void => {
    const before = state;
    const done = step(state, event, nowMs);
    state = done.state;
    look(done.effects, state, nowMs, before);
  };
  for (const { waitMs, event } of what) {
    const untilMs = nowMs + waitMs;
    for (let due = nextDueMs(state); due !== null && due <= untilMs; due = nextDueMs(state)) {
      nowMs = Math.max(due, nowMs);
      take({ kind: "tick" });
    }
    nowMs = untilMs;
    take(event);
  }
  return { state, nowMs };
}

function holds(law: (what: Happening[]) => void): void {
  fc.assert(fc.property(happenings, law), { seed: SEED, numRuns: 300 });
}

describe("the sandbox registry", () => {
  it("never has more sandboxes active than the pool's capacity", () => {
    holds(
      (what) => void live(what, (_effects, state) => expect(activeCount(state, "agents")).toBeLessThanOrEqual(LIMITS.capacity)),
    );
  });

  it("gives places in the order in which callers came", () => {
    holds((what) => {
      live(what, (effects, state, _nowMs, before) => {
        for (const effect of effects) {
          if (effect.kind !== "granted") continue;
          const granted = before.waiters.get(effect.id);
          const passedOver = [...state.waiters.values()].filter((waiter) => granted !== undefined && waiter.seq < granted.seq);
          expect(passedOver).toEqual([]);
        }
      });
    });
  });

  it("leaves no place free while somebody waits", () => {
    holds((what) => {
      live(what, (_effects, state) => {
        if (state.waiters.size > 0) expect(activeCount(state, "agents")).toBe(LIMITS.capacity);
      });
    });
  });

  it("answers every caller once: a place, a refusal, or the caller has left", () => {
    holds((what) => {
      const open = new Set<string>();
      const { state } = live(what, (effects, after, _nowMs, before) => {
        for (const effect of effects) if (effect.kind === "granted" || effect.kind === "refused") open.delete(effect.id);
        for (const [waiter] of after.waiters) if (!before.waiters.has(waiter)) open.add(waiter);
        for (const waiter of open) if (!after.waiters.has(waiter)) open.delete(waiter);
      });
      expect([...open].sort()).toEqual([...state.waiters.keys()].sort());
    });
  });

  it("makes progress at every moment that falls due", () => {
    holds((what) => {
      const { state } = live(what);
      const due = nextDueMs(state);
      if (due === null) return;
      const after = step(state, { kind: "tick" }, due).state;
      expect(nextDueMs(after) ?? Infinity).toBeGreaterThan(due);
    });
  });

  it("ends every sandbox and every wait within its limits once destroying works again, whatever went before", () => {
    holds((what) => {
      let { state, nowMs } = live(what);
      for (let due = nextDueMs(state); due !== null; due = nextDueMs(state)) {
        nowMs = Math.max(nowMs, due);
        const done = step(state, { kind: "tick" }, nowMs);
        state = done.state;
        for (const effect of done.effects) {
          if (effect.kind === "destroy") {
            state = step(
              state,
              { kind: "report", report: { kind: "destroyed", id: effect.id, exitReason: "destroyed" } },
              nowMs,
            ).state;
          }
        }
      }
      expect([state.sandboxes.size, state.waiters.size]).toEqual([0, 0]);
    });
  });

  it("ends each sandbox once, and reports of one that ended change nothing but time", () => {
    holds((what) => {
      const alive = new Set<string>();
      live(what, (effects) => {
        for (const effect of effects) {
          if (effect.kind === "granted") alive.add(effect.id);
          if (effect.kind !== "ended") continue;
          expect(alive.delete(effect.sandbox.id)).toBe(true);
        }
      });
    });
  });

  it("orders a destruction again only after the last attempt's time", () => {
    holds((what) => {
      const lastMs = new Map<string, number>();
      live(what, (effects, _state, nowMs) => {
        for (const effect of effects) {
          if (effect.kind === "ended") lastMs.delete(effect.sandbox.id);
          if (effect.kind !== "destroy" || effect.attempt === 1) continue;
          const before = lastMs.get(effect.id);
          lastMs.set(effect.id, nowMs);
          const isKilled = what.some(({ event }) => event.kind === "kill" && event.ids.includes(effect.id));
          if (before !== undefined && !isKilled) expect(nowMs - before).toBeGreaterThanOrEqual(LIMITS.destroyTimeoutMs);
        }
      });
    });
  });

  it("drops a caller that does not come back, so that no place goes to the dead", () => {
    const fill = IDS.slice(0, 4).map((of): Happening => ({
      waitMs: 0,
      event: { kind: "ask", ask: { id: of, pool: "agents", owner: "", workerName: "", limits: LIMITS, waitMs: 600_000 } },
    }));
    const { state, nowMs } = live(fill);
    expect(state.waiters.size).toBe(1);
    const later = step(state, { kind: "tick" }, nowMs + 3 * POLL_MS);
    expect(later.effects).toMatchObject([{ kind: "refused", id: "s3", refusal: { code: "wait-timeout" } }]);
  });
});

describe("a reconciliation", () => {
  const world = fc.record({
    what: happenings,
    running: fc.subarray([...IDS, "x1", "x2"]),
    agoMs: fc.constantFrom(-1, 0, 1, 30_000),
  });

  it("leaves what the platform runs and the registry believes the same, but for what changed since and what is starting", () => {
    fc.assert(
      fc.property(world, ({ what, running, agoMs }) => {
        const { state, nowMs } = live(what);
        const asOfMs = nowMs - agoMs;
        const { state: after } = step(state, { kind: "reconcile", sighting: { pool: "agents", running, asOfMs } }, nowMs);
        for (const of of running) {
          const isNews = !state.sandboxes.has(of) && (state.ended.get(of) ?? -Infinity) >= asOfMs;
          expect(after.sandboxes.has(of)).toBe(!isNews);
        }
        for (const sandbox of after.sandboxes.values()) {
          const isSettled = sandbox.statusSinceMs < asOfMs && sandbox.status !== "provisioning";
          if (isSettled) expect(running).toContain(sandbox.id);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("done twice changes nothing the second time", () => {
    fc.assert(
      fc.property(world, ({ what, running, agoMs }) => {
        const { state, nowMs } = live(what);
        const event: RegistryEvent = { kind: "reconcile", sighting: { pool: "agents", running, asOfMs: nowMs - agoMs } };
        const once = step(state, event, nowMs);
        const twice = step(once.state, event, nowMs);
        // What ended in between may give its place to somebody, and that one is starting.
        expect(twice.effects.filter(({ kind }) => kind === "ended" || kind === "stuck")).toEqual([]);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
