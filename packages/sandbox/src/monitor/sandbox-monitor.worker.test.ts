// One file for what needs the registry in its runtime: each worker test file starts one of its own.
import { abortAllDurableObjects } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { active, later, monitor, registry, world, written, type Handle } from "../../test/watched-pool.ts";
import { DEFAULT_LIMITS, type SandboxLease, type SandboxMonitorOptions } from "../index.ts";
import "./caller-gone.spec.ts";

describe("a sandbox", () => {
  it("has its place from before its start until after its end, and a point for each part of its life", async () => {
    const seen: number[] = [];
    const outcome = await monitor().run({ owner: "task-7" }, async ({ id }) => {
      seen.push(await active());
      return { exitCode: 0, echo: id };
    });
    expect(outcome).toMatchObject({ kind: "ok", value: { echo: "s1" } });
    expect([seen, await active(), world.running.size]).toEqual([[1], 0, 0]);
    expect(written("sandboxId", "owner", "pool", "event", "outcome", "exitReason")).toEqual([
      ["s1", "task-7", "agents", "acquired", "ok", ""],
      ["s1", "task-7", "agents", "provisioned", "ok", ""],
      ["s1", "task-7", "agents", "executed", "ok", "finished"],
      ["s1", "task-7", "agents", "destroyed", "ok", "finished"],
    ]);
    expect(await registry().history()).toMatchObject([{ id: "s1", owner: "task-7", exitReason: "finished" }]);
  });

  it.each([
    ["a command that ran out of memory", async () => ({ exitCode: 137 }), "failed", "oom", 137],
    ["a command that was terminated", async () => ({ exitCode: 143 }), "failed", "sigterm", 143],
    ["a throw", () => Promise.reject(new Error("segfault")), "failed", "crash", 0],
  ])("that ends by %s says so", async (_what, work, outcome, exitReason, exitCode) => {
    await monitor().run({ owner: "t" }, work);
    expect(written("event", "outcome", "exitReason", "exitCode")[2]).toEqual(["executed", outcome, exitReason, exitCode]);
    expect(await active()).toBe(0);
  });

  it("that does not end in time is given up, destroyed, and tried again as often as its job allows", async () => {
    const work = vi.fn((_sandbox: Handle, _signal: AbortSignal) => new Promise<never>(() => undefined));
    const outcome = await monitor({ execTimeoutMs: 20 }).run({ owner: "t", attempts: 2 }, work);
    expect(outcome.kind).toBe("timeout");
    expect(work.mock.calls.map(([{ id }, signal]) => [id, signal.aborted])).toEqual([
      ["s1", true],
      ["s2", true],
    ]);
    expect(written("event", "outcome", "attempt").filter(([event]) => event === "executed")).toEqual([
      ["executed", "timeout", 1],
      ["executed", "timeout", 2],
    ]);
    expect([world.destroyed, await active()]).toEqual([["s1", "s2"], 0]);
  });

  it.each([
    ["fail", "failed"],
    ["hang", "timeout"],
  ] as const)("whose start would %s is destroyed, and its place is given back", async (how, reason) => {
    world.startsLike(how);
    const outcome = await monitor({ provisionTimeoutMs: 20 }).acquire({ owner: "t" });
    expect(outcome).toMatchObject({ kind: "provision-failed", reason });
    expect(written("event", "outcome")[1]).toEqual(["provisioned", reason]);
    expect([world.destroyed, await active()]).toEqual([["s1"], 0]);
  });

  it("that never starts is tried once by a job whose number of attempts is none", async () => {
    world.startsLike("fail");
    const outcome = await monitor().run({ owner: "t", attempts: Number.NaN }, async () => 1);
    expect([outcome.kind, world.destroyed]).toEqual(["provision-failed", ["s1"]]);
  });

  it("that does not let itself be destroyed keeps its place, and the next caller of the pool carries the order out", async () => {
    world.destroysLike("hang");
    await monitor({ destroyTimeoutMs: 20 }).run({ owner: "t" }, async () => "done");
    expect(await registry().list()).toMatchObject([{ id: "s1", status: "destroying", cause: "destroy-failed" }]);
    world.destroysLike("well");
    await later(5_000);
    await monitor().run({ owner: "t" }, async () => "done");
    expect([[...world.destroyed].sort(), await active()]).toEqual([["s1", "s2"], 0]);
  });
});

describe("a pool", () => {
  it("counts 0 of its capacity from the first reconciliation on, before anybody has asked for a place", async () => {
    await monitor({ capacity: 7 }).reconcile();
    expect(await registry().status()).toMatchObject([{ pool: "agents", capacity: 7, active: 0, stuck: 0, waiting: 0 }]);
    expect(await registry().reconcileAgain()).toMatchObject([{ pool: "agents", orphans: [], ghosts: [] }]);
  });

  it("refuses at once who does not wait, with the figures", async () => {
    const own = monitor({ capacity: 2 });
    await own.acquire({ owner: "a" });
    await own.acquire({ owner: "b" });
    expect(await own.acquire({ owner: "c", waitMs: 0 })).toMatchObject({
      kind: "refused",
      code: "at-capacity",
      message: "pool agents is full: 2 of 2 sandboxes are active and 0 callers wait",
    });
    expect(written("event", "outcome").at(-1)).toEqual(["refused", "refused"]);
    const acquired = written("event", "activeCount", "waitingCount", "capacity").filter(([event]) => event === "acquired");
    expect(acquired).toEqual([
      ["acquired", 1, 0, 2],
      ["acquired", 2, 0, 2],
    ]);
  });

  it("serves 60 callers through 5 places, in their order, never more than 5 at once", async () => {
    const own = monitor({ capacity: 5 });
    const order: string[] = [];
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        own.run({ owner: `task-${n}`, waitMs: 60_000 }, async ({ id }) => {
          order.push(id);
          await Promise.resolve();
          return n;
        }),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === "ok")).toHaveLength(60);
    expect(world.most()).toBeLessThanOrEqual(5);
    expect(new Set(order).size).toBe(60);
    expect(await registry().status()).toMatchObject([{ pool: "agents", capacity: 5, active: 0, waiting: 0 }]);
  });

  it.each([Number.POSITIVE_INFINITY, Number.NaN, -1])(
    "keeps a caller that waits %d ms in line as long as it may, also through an eviction",
    async (waitMs) => {
      const own = monitor({ capacity: 1 });
      const first = await own.acquire({ owner: "a" });
      const ask = { id: "x", pool: "agents", owner: "b", workerName: "demo", limits: { ...DEFAULT_LIMITS, capacity: 1 }, waitMs };
      if (!(waitMs > 0)) {
        expect(await registry().ask(ask)).toMatchObject({ kind: "refused", refusal: { code: "at-capacity" } });
        return;
      }
      const lost = registry()
        .ask(ask)
        .catch(() => undefined);
      await vi.waitFor(async () => expect(await registry().status()).toMatchObject([{ waiting: 1 }]));
      await abortAllDurableObjects();
      await lost;
      const again = registry().ask(ask);
      if (first.kind === "acquired") await first.lease.destroy();
      expect((await again).kind).toBe("granted");
    },
  );

  it("keeps the line through an eviction", async () => {
    const own = monitor({ capacity: 1 });
    const first = await own.acquire({ owner: "first" });
    const second = own.acquire({ owner: "second", waitMs: 60_000 });
    await vi.waitFor(async () => expect(await registry().status()).toMatchObject([{ waiting: 1 }]));
    await abortAllDurableObjects();
    if (first.kind === "acquired") await first.lease.destroy();
    expect(await second).toMatchObject({ kind: "acquired", lease: { id: "s2" } });
    expect(await active()).toBe(1);
  });

  it("refuses while its registry cannot be reached, and works uncounted where none is bound", async () => {
    const broken = { getByName: () => ({ ask: () => Promise.reject(new Error("Network connection lost")) }) };
    expect(await monitor({}, { SANDBOX_REGISTRY: broken }).acquire({ owner: "t", waitMs: 60 })).toMatchObject({
      kind: "refused",
      code: "registry-unreachable",
    });
    expect(await monitor({}, { SANDBOX_REGISTRY: undefined }).run({ owner: "t" }, async () => 1)).toMatchObject({ value: 1 });
  });

  it("names a limit that cannot be meant", () => {
    expect(() => monitor({ capacity: 0.5 })).toThrow("capacity is 0.5; give a whole number above 0");
    expect(() => monitor({ execTimeoutMs: -1 })).toThrow("execTimeoutMs is -1");
  });
});

describe("a sandbox that its caller keeps", () => {
  async function leased(options: Partial<SandboxMonitorOptions<Handle>> = {}): Promise<SandboxLease<Handle>> {
    const acquired = await monitor(options).acquire({ owner: "t" });
    if (acquired.kind !== "acquired") throw new Error("no sandbox");
    return acquired.lease;
  }
  const statuses = async (): Promise<unknown[]> => (await registry().list()).map(({ status, cause }) => [status, cause]);

  it("is unused, not stuck, after a command that failed", async () => {
    const lease = await leased();
    expect(await lease.exec(() => Promise.reject(new Error("exit 1")))).toMatchObject({ kind: "failed", exitReason: "crash" });
    expect(await statuses()).toEqual([["ready", null]]);
    await later(DEFAULT_LIMITS.idleTimeoutMs - 1_000);
    expect((await lease.exec(async () => 1)).kind).toBe("ok");
    await later(DEFAULT_LIMITS.idleTimeoutMs - 1_000);
    expect(await statuses()).toEqual([["ready", null]]);
  });

  it("is given no more work once the registry has ordered its end", async () => {
    const lease = await leased();
    await registry().kill({ ids: ["s1"] });
    const work = vi.fn(async () => 1);
    expect(await lease.exec(work)).toMatchObject({ kind: "taken-away", cause: "killed" });
    expect(work).not.toHaveBeenCalled();
  });

  it("is busy until the last of several commands ends", async () => {
    const lease = await leased();
    const long = Promise.withResolvers<void>();
    const running = lease.exec(() => long.promise);
    await vi.waitFor(async () => expect(await statuses()).toEqual([["busy", null]]));
    await lease.exec(async () => 1);
    expect(await statuses()).toEqual([["busy", null]]);
    long.resolve();
    await running;
    expect(await statuses()).toEqual([["ready", null]]);
  });
});
