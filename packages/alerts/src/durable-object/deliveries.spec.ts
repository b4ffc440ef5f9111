import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { alertOf, answers, batchOf, CANARIES, lines, newManager, sentTo, settled } from "../../test/manager-world.ts";
import { emailService, sentMails } from "../../test/worker.ts";
import { defaultSettings } from "../engine/settings.ts";

describe("deliveries of AlertManager", () => {
  it("retries a failing channel by alarm under the same notification id, and the others at once and only once", async () => {
    let failures = 3;
    answers["slack.test"] = () =>
      failures-- > 0 ? new Response("<html>bad gateway</html>", { status: 502 }) : new Response("ok");
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("flaky")));
    await settled(manager, 4);
    const records = await manager.notifications();
    expect(records.map(({ channel, attempts, status }) => [channel, attempts, status])).toEqual([
      ["log", 1, "delivered"],
      ["pagerduty", 1, "delivered"],
      ["slack", 4, "delivered"],
      ["email", 1, "delivered"],
    ]);
    expect(new Set(records.map(({ id }) => id)).size).toBe(1);
    expect(sentTo("slack.test")).toHaveLength(4);
  });

  it("reports a refusal through the other channels and does not retry it", async () => {
    answers["pagerduty.test"] = () =>
      Response.json({ status: "invalid event", message: `bad key ${CANARIES[1]}` }, { status: 400 });
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("refused")));
    await settled(manager, 6);
    expect(sentTo("pagerduty.test")).toHaveLength(1);
    expect(JSON.stringify(sentTo("slack.test").at(-1)?.body)).toContain("PagerDuty answered 400");
  });

  it("tries a mail that Email Service failed to take again, and tells the others in their time", async () => {
    let failures = 2;
    emailService.meets = async () => {
      if (failures-- > 0) throw new Error(`mail was lost on its way to ${CANARIES[0]}`);
    };
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("mail")));
    await settled(manager, 4);
    const records = await manager.notifications();
    expect(records.map(({ channel, attempts }) => [channel, attempts])).toEqual([
      ["log", 1],
      ["pagerduty", 1],
      ["slack", 1],
      ["email", 3],
    ]);
    expect(sentMails.map(({ headers }) => headers["X-Monotask-Notification"])).toEqual([records[3]?.id]);
    expect(JSON.stringify(records)).not.toContain(CANARIES[0]);
  });

  it("tells the others while Email Service hangs, and sends no second mail beside the one that hangs", async () => {
    let hangs = true;
    emailService.meets = async () => {
      while (hangs) await scheduler.wait(10);
    };
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("hangs")));
    await vi.waitFor(async () => {
      const told = (await manager.notifications()).filter(({ status }) => status === "delivered");
      expect(told.map(({ channel }) => channel)).toEqual(["log", "pagerduty", "slack"]);
    });
    expect(sentMails).toHaveLength(0);
    hangs = false;
    await settled(manager, 4);
    expect(sentMails).toHaveLength(1);
  });

  it("sends no second message when its lease is over as the answer comes", async () => {
    const manager = newManager();
    let afterAnswer = async (): Promise<void> => undefined;
    answers["pagerduty.test"] = async () => {
      const leaseEndsMs = Date.now() + defaultSettings.leaseMs / 100;
      while (Date.now() <= leaseEndsMs) await scheduler.wait(10);
      void afterAnswer();
      return new Response(null, { status: 202 });
    };
    await runInDurableObject(manager, async (instance, { storage }) => {
      afterAnswer = async () => {
        // The answer is read by then, its outcome not stored.
        for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
        await instance.wake();
      };
      await instance.raise(batchOf("begin", alertOf("slow answer")));
      await vi.waitFor(() => expect(sentTo("pagerduty.test")).toHaveLength(1));
      await storage.deleteAlarm();
    });
    await settled(manager, 4);
    expect(sentTo("pagerduty.test")).toHaveLength(1);
  });

  it("does not retry a mail that Email Service refuses for good, and the others say so", async () => {
    emailService.meets = async () => {
      throw Object.assign(new Error("no"), { code: "E_SENDER_NOT_VERIFIED" });
    };
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("refused mail")));
    await settled(manager, 6);
    const mail = (await manager.notifications()).filter(({ channel }) => channel === "email");
    expect(mail).toMatchObject([{ status: "failed", attempts: 1 }]);
    expect(JSON.stringify(sentTo("slack.test").at(-1)?.body)).toContain("EMAIL refused: E_SENDER_NOT_VERIFIED");
  });

  it("lets no secret into state, history, messages of other channels or the log, whatever fails", async () => {
    answers["slack.test"] = () => {
      throw new TypeError(`fetch failed: https://slack.test/${CANARIES[0]}`);
    };
    answers["pagerduty.test"] = () => new Response(`no such key ${CANARIES[1]}`, { status: 403 });
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("secret")));
    await vi.waitFor(
      async () => expect((await manager.notifications()).find(({ channel }) => channel === "slack")?.attempts).toBeGreaterThan(2),
      {
        timeout: 10_000,
      },
    );
    const stored = await runInDurableObject(manager, (_, { storage: { sql } }) => {
      const tables = sql.exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
      );
      return tables.toArray().map(({ name }) => JSON.stringify(sql.exec(`SELECT * FROM ${name}`).toArray()));
    });
    expect(stored.length).toBeGreaterThan(8);
    const [alert] = await manager.list();
    const said = [alert, await manager.explain(alert?.id ?? ""), await manager.history(), await manager.notifications()];
    stored.push(JSON.stringify(said));
    const slackBodies = JSON.stringify(sentTo("slack.test").map(({ body }) => body));
    const everything = [...stored, ...lines, slackBodies, JSON.stringify(sentMails)].join("\n");
    expect(everything).toContain("connection failed");
    for (const canary of CANARIES) expect(everything).not.toContain(canary);
    answers["slack.test"] = () => new Response("ok");
    await settled(manager, 5);
  });
});
