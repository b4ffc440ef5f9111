import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { platform } from "../../test/platform.ts";
import { createSandboxMonitor } from "../index.ts";

const NO_ANSWER = "the sandbox registry, asked to";
const never = (): Promise<never> => new Promise(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A monitor whose registry hangs at these calls, and grants every place. */
function watched(hanging: readonly string[]) {
  const world = platform();
  const registry = {
    ask: async () => ({ kind: "granted", waitMs: 0, orders: [], active: 1, waiting: 0 }),
    report: async () => ({ isAlive: true, cause: null, orders: [] }),
    reconcile: async () => ({ orphans: [], ghosts: [], started: [] }),
    takeOrders: async () => [],
    ...Object.fromEntries(hanging.map((call) => [call, never])),
  };
  const env = { SANDBOX_REGISTRY: { getByName: () => registry } };
  return { world, monitor: createSandboxMonitor(env, { workerName: "demo", pool: "agents", driver: world.driver }) };
}

describe("a registry that hangs", () => {
  it("refuses a place, once the caller's own time and what a place is waited for is over", async () => {
    const { monitor } = watched(["ask"]);
    const refused = monitor.run({ owner: "task", waitMs: 10_000 }, async () => "done");
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await refused).toMatchObject({
      kind: "refused",
      code: "registry-unreachable",
      message: `the sandbox registry cannot be reached (${NO_ANSWER} ask, has not answered within 15 s), so nobody knows whether pool agents has a place`,
    });
  });

  it("takes no work's result away: reports that it leaves unanswered are left to its time limits", async () => {
    const { monitor, world } = watched(["report"]);
    const done = monitor.run({ owner: "task" }, async () => "result");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await done).toMatchObject({ kind: "ok", value: "result" });
    expect(world.destroyed).toHaveLength(1);
  });

  it.each(["reconcile", "takeOrders"])("fails a reconciliation where it leaves %s unanswered", async (call) => {
    const { monitor } = watched([call]);
    const failed = expect(monitor.reconcile()).rejects.toThrow(`${NO_ANSWER} ${call}, has not answered within 5 s`);
    await vi.advanceTimersByTimeAsync(5_000);
    await failed;
  });
});
