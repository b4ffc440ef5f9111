import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeEnv } from "../../test/env.ts";
import { signal } from "../../test/signals.ts";
import { routingBySeverity, withDirectFallback, type AlertManagerApi, type RaiseBatch } from "../index.ts";

beforeEach(() => {
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** An AlertManager that fails as often as told, and the batches it was asked to take. */
function managerFailing(failures: number): { manager: () => AlertManagerApi; asked: string[] } {
  const asked: string[] = [];
  const raise = async (batch: RaiseBatch): Promise<{ accepted: number; duplicate: boolean }> => {
    asked.push(batch.id);
    if (asked.length <= failures) throw new Error("Network connection lost");
    return { accepted: batch.signals.length, duplicate: false };
  };
  return { manager: () => ({ raise }) as unknown as AlertManagerApi, asked };
}

function batch(name: string): RaiseBatch {
  return { id: "tick:1", source: "evaluator", signals: [signal(name), signal("slow", { severity: "warning" })] };
}

describe("raising with a direct fallback", () => {
  it("tries three times under one id and tells nobody when the third attempt succeeds", async () => {
    const { manager, asked } = managerFailing(2);
    const world = fakeEnv();
    expect(await withDirectFallback(manager, world.env).raise(batch("a"))).toEqual({ accepted: 2, duplicate: false });
    expect(asked).toEqual(["tick:1", "tick:1", "tick:1"]);
    expect(world.mails).toEqual([]);
  });

  it("sends criticals directly after the third failure, marked degraded, and still rejects", async () => {
    const world = fakeEnv();
    await expect(withDirectFallback(managerFailing(3).manager, world.env).raise(batch("b"))).rejects.toThrow("connection lost");
    expect(world.mails.map(({ subject }) => subject)).toEqual(["[critical] api: b"]);
    expect(world.mails[0]?.text).toContain("DEGRADED: AlertManager could not be reached three times");
  });

  it("sends them to whom the routes of the rules file name", async () => {
    const world = fakeEnv();
    const routing = routingBySeverity({ critical: ["email:lead@example.com"], warning: [], info: [] });
    const { raise } = withDirectFallback(managerFailing(3).manager, world.env, { routing: () => routing });
    await expect(raise(batch("routed"))).rejects.toThrow("connection lost");
    expect(world.mails.map(({ to }) => to)).toEqual(["lead@example.com"]);
  });

  it("gives up an AlertManager that does not answer: who hangs is out of reach too", async () => {
    vi.useFakeTimers();
    try {
      const world = fakeEnv();
      const manager = (): AlertManagerApi => ({ raise: () => new Promise(() => undefined) }) as unknown as AlertManagerApi;
      const raised = expect(withDirectFallback(manager, world.env).raise(batch("hangs"))).rejects.toThrow(
        "AlertManager has not answered within 5 s",
      );
      await vi.advanceTimersByTimeAsync(15_000);
      await raised;
      expect(world.mails.map(({ subject }) => subject)).toEqual(["[critical] api: hangs"]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("tells several alerts of one rule and worker in one message", async () => {
    const world = fakeEnv();
    const signals = Array.from({ length: 5 }, (_, n) => signal("many", { labels: { endpoint: `/e${n}` } }));
    const { raise } = withDirectFallback(managerFailing(3).manager, world.env);
    await expect(raise({ id: "tick:2", source: "evaluator", signals })).rejects.toThrow();
    expect(world.mails).toHaveLength(1);
    expect(world.mails[0]?.text).toContain("4 more alerts of this rule");
  });

  it("says the same once an hour, whichever isolate it is", async () => {
    const world = fakeEnv();
    const { manager } = managerFailing(Infinity);
    for (let tick = 0; tick < 3; tick += 1) {
      await expect(withDirectFallback(manager, world.env).raise(batch("c"))).rejects.toThrow();
    }
    expect(world.mails).toHaveLength(1);
    expect([...world.kv.keys()]).toEqual(["alert:direct:c:api"]);
  });
});
