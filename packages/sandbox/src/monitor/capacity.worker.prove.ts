import { abortAllDurableObjects, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { platform } from "../../test/platform.ts";
import { clock, type TestRegistry } from "../../test/worker.ts";
import { createSandboxMonitor } from "../index.ts";

const bindings = env as unknown as { readonly SANDBOX_REGISTRY: DurableObjectNamespace<TestRegistry> };

beforeEach(async () => {
  await reset();
  clock.aheadMs = 0;
});

/** Draws that are the same on each run. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("a pool of 20 places", () => {
  it("serves 500 callers at once: never more than 20 are active, and nobody starves", async () => {
    const world = platform();
    const monitor = createSandboxMonitor(bindings, { workerName: "prove", pool: "agents", driver: world.driver, capacity: 20 });
    const outcomes = await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        monitor.run({ owner: `task-${n}`, waitMs: 600_000 }, async ({ id }) => {
          await scheduler.wait(1);
          return id;
        }),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind !== "ok")).toEqual([]);
    expect(world.most()).toBe(20);
    expect([world.running.size, world.destroyed.length]).toEqual([0, 500]);
    const registry = bindings.SANDBOX_REGISTRY.getByName("default");
    expect(await registry.status()).toMatchObject([{ active: 0, waiting: 0, capacity: 20 }]);
  });

  it("loses no place and gives none twice while its registry is killed at 20 random moments", async () => {
    const world = platform();
    const monitor = createSandboxMonitor(bindings, { workerName: "prove", pool: "agents", driver: world.driver, capacity: 20 });
    const random = draws(20_261_124);
    let served = 0;
    const callers = Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        monitor.run({ owner: `task-${n}`, waitMs: 600_000 }, async () => {
          await scheduler.wait(Math.ceil(random() * 10));
          return (served += 1);
        }),
      ),
    );
    for (let kill = 0; kill < 20; kill += 1) {
      await scheduler.wait(Math.ceil(random() * 150));
      await abortAllDurableObjects();
    }
    const outcomes = await callers;
    const kinds = new Map<string, number>();
    for (const { kind } of outcomes) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    // Killed callers keep their place in the line and ask again.
    expect(Object.fromEntries(kinds)).toEqual({ ok: 300 });
    expect(world.most()).toBeLessThanOrEqual(20);
    // What a lost word left behind is repaired by its time limits and the next reconciliations.
    for (let minute = 0; minute < 3; minute += 1) {
      clock.aheadMs += 120_000;
      await monitor.reconcile();
    }
    const registry = bindings.SANDBOX_REGISTRY.getByName("default");
    expect([await registry.list(), [...world.running]]).toEqual([[], []]);
  });
});
