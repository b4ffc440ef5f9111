import { abortAllDurableObjects, reset, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { columnOf, type FieldOf } from "@monotask/telemetry";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { platform, type Platform } from "../../test/platform.ts";
import { clock, reach, type ReachingRegistry, type TestRegistry } from "../../test/worker.ts";
import {
  createSandboxMonitor,
  DEFAULT_LIMITS,
  type SandboxMonitor,
  type SandboxLease,
  type SandboxMonitorOptions,
} from "../index.ts";

interface TestEnv {
  readonly SANDBOX_REGISTRY: DurableObjectNamespace<TestRegistry>;
  readonly REACHING_REGISTRY: DurableObjectNamespace<ReachingRegistry>;
}
type Handle = { readonly id: string };

const bindings = env as unknown as TestEnv;
const registry = (): DurableObjectStub<TestRegistry> => bindings.SANDBOX_REGISTRY.getByName("default");

let world: Platform;
let points: AnalyticsEngineDataPoint[];
let made: number;

beforeEach(async () => {
  await reset();
  clock.aheadMs = 0;
  world = platform();
  points = [];
  made = 0;
});

function monitor(options: Partial<SandboxMonitorOptions<Handle>> = {}, more: object = {}): SandboxMonitor<Handle> {
  const dataset = { writeDataPoint: (point: AnalyticsEngineDataPoint) => void points.push(point) };
  const newId = (): string => `s${(made += 1)}`;
  return createSandboxMonitor(
    { ...bindings, ANALYTICS: dataset, ...more },
    {
      workerName: "demo",
      pool: "agents",
      driver: world.driver,
      newId,
      ...options,
    },
  );
}

/** Fields of each sandbox point that the caller wrote. */
function written(...fields: FieldOf<"sandbox">[]): unknown[][] {
  return points.map((point) =>
    fields.map((field) => {
      const column = columnOf("sandbox", field);
      return (column?.type === "blob" ? point.blobs : point.doubles)?.[(column?.position ?? 0) - 1];
    }),
  );
}

async function active(): Promise<number> {
  return (await registry().list("agents")).length;
}

/** The registry's clock goes on, and its alarm rings. */
async function later(ms: number): Promise<void> {
  clock.aheadMs += ms;
  await runDurableObjectAlarm(registry());
}

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
    const changedAtMs = Date.now();
    await vi.waitUntil(() => Date.now() > changedAtMs, { interval: 1 });
    expect(await own.reconcile()).toEqual({ orphans: [], ghosts: [], started: [] });
  });

  it("is found with orphans and ghosts: a dry run only says so", async () => {
    const own = monitor();
    const [ghost, kept] = [await own.acquire({ owner: "ghost" }), await own.acquire({ owner: "kept" })];
    expect([ghost.kind, kept.kind]).toEqual(["acquired", "acquired"]);
    world.running.delete("s1");
    world.running.add("stray");
    await new Promise((resolve) => setTimeout(resolve, 2));
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
