import { abortAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { active, bindings, later, monitor, registry, world } from "../../test/watched-pool.ts";
import { clock, reach } from "../../test/worker.ts";
import { DEFAULT_LIMITS } from "../index.ts";

describe("a sandbox whose caller is gone", () => {
  it("and that is busy without a sign of life is a suspected infinite loop, and destroyed by order", async () => {
    const acquired = await monitor().acquire({ owner: "task-7" });
    if (acquired.kind !== "acquired") throw new Error("no sandbox");
    void acquired.lease.exec(() => new Promise<never>(() => undefined));
    await vi.waitFor(async () => expect(await registry().list()).toMatchObject([{ status: "busy" }]));
    await abortAllDurableObjects();
    await later(DEFAULT_LIMITS.heartbeatTimeoutMs + 2_001);
    expect(await registry().list()).toMatchObject([
      { id: "s1", owner: "task-7", status: "stuck", cause: "suspected-infinite-loop" },
    ]);
    expect((await registry().status())[0]).toMatchObject({ stuck: 1, active: 1 });
    await monitor().reconcile();
    expect([world.destroyed, await active()]).toEqual([["s1"], 0]);
  });

  it("is told to stop by its next sign of life", async () => {
    let nowMs = 0;
    const acquired = await monitor({ nowMs: () => nowMs }).acquire({ owner: "t" });
    if (acquired.kind !== "acquired") throw new Error("no sandbox");
    const outcome = await acquired.lease.exec(async (_sandbox, signal, beat) => {
      await registry().kill({ ids: ["s1"] });
      nowMs += 6_000;
      beat();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      throw new Error("stopped");
    });
    expect(outcome).toMatchObject({ kind: "taken-away", cause: "killed" });
  });

  it("in the middle of its start is right again within one tick, whether it started or not", async () => {
    const ask = (id: string) => ({
      id,
      pool: "agents",
      owner: "gone",
      workerName: "demo",
      limits: DEFAULT_LIMITS,
      waitMs: 0,
    });
    await registry().ask(ask("started"));
    await registry().ask(ask("never"));
    world.running.add("started");
    await abortAllDurableObjects();
    await later(DEFAULT_LIMITS.provisionTimeoutMs / 2);
    await monitor().reconcile();
    expect(await registry().list()).toMatchObject([
      { id: "never", status: "provisioning" },
      { id: "started", status: "ready" },
    ]);
    // What is left of the tick's minute.
    await later(DEFAULT_LIMITS.provisionTimeoutMs);
    await monitor().reconcile();
    expect((await registry().list()).map(({ id }) => id)).toEqual(["started"]);
    await later(DEFAULT_LIMITS.idleTimeoutMs);
    await monitor().reconcile();
    expect([await active(), world.running.size]).toEqual([0, 0]);
  });

  it("or is not gone, keeps its place when the registry is killed in the middle of its start", async () => {
    const start = Promise.withResolvers<void>();
    const driver = {
      ...world.driver,
      provision: (id: string) => start.promise.then(() => world.driver.provision(id, AbortSignal.any([]))),
    };
    const own = monitor({ driver });
    const acquiring = own.acquire({ owner: "t" });
    await vi.waitFor(async () => expect(await registry().list()).toMatchObject([{ id: "s1", status: "provisioning" }]));
    await abortAllDurableObjects();
    start.resolve();
    expect(await acquiring).toMatchObject({ kind: "acquired", lease: { id: "s1" } });
    expect(await registry().list()).toMatchObject([{ id: "s1", status: "ready" }]);
    // What changed in the very millisecond of the list is left alone by it.
    await aMillisecondLater();
    expect(await own.reconcile()).toEqual({ orphans: [], ghosts: [], started: [] });
  });

  it("is found with orphans and ghosts: a dry run only says so", async () => {
    const own = monitor();
    const [ghost, kept] = [await own.acquire({ owner: "ghost" }), await own.acquire({ owner: "kept" })];
    expect([ghost.kind, kept.kind]).toEqual(["acquired", "acquired"]);
    world.running.delete("s1");
    world.running.add("stray");
    await aMillisecondLater();
    const plan = { orphans: ["stray"], ghosts: ["s1"], started: [] };
    expect(await own.reconcile({ dryRun: true })).toEqual(plan);
    const again = await registry().reconcileAgain({ dryRun: true });
    expect(again).toMatchObject([{ pool: "agents", ...plan }]);
    expect([await active(), world.destroyed]).toEqual([2, []]);
    expect(await own.reconcile()).toEqual(plan);
    expect([(await registry().list()).map(({ id }) => id), world.destroyed]).toEqual([["s2"], ["stray"]]);
    expect(await own.reconcile()).toEqual({ orphans: [], ghosts: [], started: [] });
  });

  it("is no orphan because an old list names it: what ended since is forgotten by then", async () => {
    const own = monitor();
    const acquired = await own.acquire({ owner: "a" });
    if (acquired.kind !== "acquired") throw new Error("no sandbox");
    await own.reconcile();
    await acquired.lease.destroy();
    await later(2 * 3_600_000);
    await registry().wake();
    expect(await registry().reconcileAgain()).toMatchObject([{ orphans: [], ghosts: [] }]);
    expect(await active()).toBe(0);
  });

  it("is killed by a person: all that are stuck, first without doing it", async () => {
    const own = monitor();
    await own.acquire({ owner: "a" });
    await later(DEFAULT_LIMITS.maxLifetimeMs + 2_001);
    await own.acquire({ owner: "b" });
    const stuck = (await registry().list()).filter(({ status }) => status === "stuck").map(({ id }) => id);
    expect(await registry().kill({ stuck: true, dryRun: true })).toEqual({ ids: stuck });
    expect(await registry().kill({ ids: ["s2"], force: true })).toEqual({ ids: ["s2"] });
    expect((await registry().list()).map(({ id }) => id)).not.toContain("s2");
  });
});

describe("a registry that reaches its sandboxes", () => {
  it("destroys by alarm within the time limit, and again until it works", async () => {
    const own = bindings.REACHING_REGISTRY.getByName("default");
    const limits = { ...DEFAULT_LIMITS, destroyTimeoutMs: 20 };
    await own.ask({ id: "s1", pool: "agents", owner: "t", workerName: "demo", limits, waitMs: 0 });
    const calls: string[] = [];
    reach.destroy = async (id) => {
      calls.push(id);
      if (calls.length === 1) await new Promise(() => undefined);
      if (calls.length === 2) throw new Error("internal error");
    };
    const ring = async (ms: number): Promise<void> => {
      clock.aheadMs += ms;
      await runDurableObjectAlarm(own);
    };
    await ring(limits.provisionTimeoutMs + 2_001);
    await vi.waitFor(async () => expect((await own.list())[0]?.lastFailure).toBe("destroying did not end within 20 ms"));
    await ring(60_000);
    await vi.waitFor(async () => expect((await own.list())[0]?.lastFailure).toBe("internal error"));
    await ring(60_000);
    await vi.waitFor(async () => expect(await own.list()).toEqual([]));
    expect(calls).toEqual(["s1", "s1", "s1"]);
    expect(await own.history()).toMatchObject([{ id: "s1", exitReason: "destroyed", cause: "provision-timeout" }]);
  });
});

/** The registry lives in another isolate, whose clock no test can turn. */
async function aMillisecondLater(): Promise<void> {
  const nowMs = Date.now();
  await vi.waitUntil(() => Date.now() > nowMs, { interval: 1 });
}
