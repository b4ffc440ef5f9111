import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signal } from "../../test/signals.ts";
import { sentMails } from "../../test/worker.ts";
import { createAlertClient } from "../index.ts";
import type { AlertManager } from "./alert-manager.ts";

const CHANNELS = 4;
let sent: Record<string, number> = {};

beforeEach(() => {
  sent = {};
  sentMails.length = 0;
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const { hostname } = new URL(input instanceof Request ? input.url : input);
    sent[hostname] = (sent[hostname] ?? 0) + 1;
    return hostname === "slack.test" ? new Response("ok") : Response.json({ status: "success" }, { status: 202 });
  });
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
});

afterEach(() => {
  vi.restoreAllMocks();
});

function managerNamed(name: string): DurableObjectStub<AlertManager> {
  const { ALERT_MANAGER } = env as unknown as { ALERT_MANAGER: DurableObjectNamespace<AlertManager> };
  return ALERT_MANAGER.getByName(name);
}

async function delivered(manager: DurableObjectStub<AlertManager>, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const records = await manager.notifications(1_000);
      expect(records.filter(({ status }) => status === "delivered").length).toBeGreaterThanOrEqual(count);
      expect(await manager.backlog()).toEqual({ pending: 0 });
    },
    { timeout: 60_000, interval: 50 },
  );
}

describe("told once", () => {
  it("makes exactly one message per channel of 2,000 concurrent raises of one alert from 20 workers", async () => {
    const manager = managerNamed("crowd");
    const raises = Array.from({ length: 2_000 }, (_, n) =>
      manager.raise({
        id: `worker-${n % 20}/${n}`,
        source: "evaluator",
        signals: [signal("down", {}, { startsAt: Date.now() })],
      }),
    );
    await Promise.all(raises);
    await delivered(manager, CHANNELS);
    expect(await manager.list()).toMatchObject([{ name: "down", count: 2_000 }]);
    expect([sent["slack.test"], sent["pagerduty.test"], sentMails.length]).toEqual([1, 1, 1]);
  });

  it("makes one message of 40 alerts of one outage", async () => {
    const manager = managerNamed("outage");
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        manager.raise({ id: `e${n}`, source: "evaluator", signals: [signal(`endpoint-${n}`, {}, { startsAt: Date.now() })] }),
      ),
    );
    await delivered(manager, CHANNELS);
    expect([sent["slack.test"], sent["pagerduty.test"], sentMails.length]).toEqual([1, 1, 1]);
  });

  it("makes one alert of 10,000 errors a second for 30 s in one worker, and keeps few rows", async () => {
    // The worker and AlertManager share one clock, a hundred times as fast as the real one: a second of the storm is 10 ms of it.
    let nowMs = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => nowMs);
    const client = createAlertClient(env, { workerName: "storm", memory: new Map() });
    const manager = managerNamed("default");
    let handedOver = 0;
    for (let second = 0; second < 30; second += 1) {
      const startsAt = nowMs * 100;
      for (let n = 0; n < 10_000; n += 1) {
        const answer = await client.raise(signal("error:database", { worker: "storm" }, { startsAt }));
        if (answer.kind === "handed-over") handedOver += 1;
      }
      nowMs += 10;
      // Lets alarms in: the storm would else be over for AlertManager before it has begun.
      await scheduler.wait(1);
    }
    expect(handedOver).toBe(1);
    await delivered(manager, CHANNELS);
    expect([sent["slack.test"], sent["pagerduty.test"], sentMails.length]).toEqual([1, 1, 1]);
    const rows = await runInDurableObject(manager, (_, { storage }) =>
      ["alerts", "groups", "jobs", "batches", "notifications", "deliveries", "history"].map(
        (table) => storage.sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
      ),
    );
    expect(rows.reduce((sum, n) => sum + n, 0)).toBeLessThan(30);
  });
});
