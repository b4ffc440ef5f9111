import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { alertOf, batchOf, lines, newManager, sentTo, settled } from "../../test/manager-world.ts";
import { signal } from "../../test/signals.ts";
import { sentMails } from "../../test/worker.ts";
import { allAlerts, type RaiseBatch } from "../index.ts";

describe("AlertManager", () => {
  it("makes one message per channel of 200 concurrent raises, and one of their end", async () => {
    const manager = newManager();
    await Promise.all(Array.from({ length: 200 }, (_, n) => manager.raise(batchOf(`raise-${n}`, alertOf("burn")))));
    // What was answered is on disk, though many raises shared a flush.
    await evictDurableObject(manager);
    await settled(manager, 4);
    expect(await manager.list()).toMatchObject([
      { name: "burn", count: 200, status: "firing", toldChannels: ["email", "slack", "pagerduty", "log"] },
    ]);
    expect([sentTo("slack.test").length, sentTo("pagerduty.test").length, sentMails.length, lines.length]).toEqual([1, 1, 1, 1]);

    await manager.raise(batchOf("end", alertOf("burn", { status: "resolved" })));
    await settled(manager, 8);
    expect([sentTo("slack.test").length, sentTo("pagerduty.test").length, sentMails.length, lines.length]).toEqual([2, 2, 2, 2]);
    expect(sentTo("pagerduty.test").map(({ body }) => body.event_action)).toEqual(["trigger", "resolve"]);
    expect(new Set(sentTo("pagerduty.test").map(({ body }) => body.dedup_key)).size).toBe(1);
    expect(await manager.list()).toEqual([]);
  });

  it("answers a repeated batch as a duplicate and changes nothing", async () => {
    const manager = newManager();
    expect(await manager.raise(batchOf("once", alertOf("a"), alertOf("b")))).toEqual({ accepted: 2, duplicate: false });
    await evictDurableObject(manager);
    expect(await manager.raise(batchOf("once", alertOf("a"), alertOf("b")))).toEqual({ accepted: 0, duplicate: true });
    const twice = await Promise.all([1, 2].map(async () => manager.raise(batchOf("twice", alertOf("a")))));
    expect(twice.map(({ duplicate }) => duplicate)).toEqual([false, true]);
    expect((await manager.list()).map(({ count }) => count)).toEqual([2, 1]);
    await settled(manager, 4);
  });

  it("keeps alerts, acknowledgements and what it has told through an eviction, and tells the end afterwards", async () => {
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("kept")));
    await settled(manager, 4);
    const [alert] = await manager.list();
    expect(await manager.acknowledge(alert?.id ?? "", "kim")).toEqual({ acknowledged: 1 });
    await evictDurableObject(manager);

    expect(await manager.list()).toMatchObject([{ name: "kept", status: "acknowledged", acknowledged: { by: "kim" } }]);
    await manager.raise(batchOf("end", alertOf("kept", { status: "resolved" })));
    await settled(manager, 9);
    expect(sentTo("slack.test")).toHaveLength(2);
    expect(sentTo("pagerduty.test").map(({ body }) => body.event_action)).toEqual(["trigger", "acknowledge", "resolve"]);
    expect((await manager.history()).map(({ event }) => event)).toEqual([
      "told-resolved",
      "resolved",
      "told",
      "acknowledged",
      "told",
      "routed",
      "fired",
    ]);
  });

  it("tells an alert whose group wait ran out while the object was evicted", async () => {
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("waiting")));
    await evictDurableObject(manager);
    await settled(manager, 4);
    expect(sentTo("slack.test")).toHaveLength(1);
  });

  it("takes a drill the whole way to its target and to no other, marked, and ends it by itself", async () => {
    const manager = newManager();
    const said = signal("rule:error-rate-critical", {}, { value: "10 %", threshold: "5%", description: "40 of 400 requests." });
    const request = { rule: "error-rate-critical", targets: ["slack" as const], by: "kim", signal: said };
    expect(await manager.drill(request)).toMatchObject({ sentTo: ["slack"], missing: [] });
    await settled(manager, 2);
    expect(sentTo("slack.test").map(({ body }) => body.text)).toEqual([
      "🔴 [critical] monotask-drill: [DRILL] Drill of error-rate-critical, asked for by kim: 10 %",
      "🟢 [resolved] monotask-drill: [DRILL] Drill of error-rate-critical, asked for by kim: 10 %",
    ]);
    expect(JSON.stringify(sentTo("slack.test")[0]?.body)).toContain("40 of 400 requests.");
    expect([sentTo("pagerduty.test").length, sentMails.length, lines.length]).toEqual([0, 0, 0]);
  });

  it("lists its alerts by pages, all or those of one group", async () => {
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("a"), alertOf("b"), alertOf("c", { worker: "web" })));
    const whole = await manager.list();
    expect(await allAlerts({ page: async (query) => manager.page({ ...query, limit: 2 }) })).toEqual(
      whole.sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
    const [web] = whole.filter(({ name }) => name === "c");
    expect(await manager.page({ groupKey: web?.groupKey ?? "" })).toEqual({ alerts: [web], total: 1 });
    expect(await manager.page({ groupKey: "no such group" })).toEqual({ alerts: [], total: 0 });
    await settled(manager, 8);
  });

  it("finds its alarm again on wake, and does what is due", async () => {
    const manager = newManager();
    await manager.raise(batchOf("begin", alertOf("lost")));
    await runInDurableObject(manager, (_, state) => state.storage.deleteAlarm());
    await manager.wake();
    await settled(manager, 4);
    expect(sentTo("slack.test")).toHaveLength(1);
  });

  it("has no surface but RPC: whoever sends it a request is refused", async () => {
    await expect(newManager().fetch("http://alert-manager/")).rejects.toThrow(/fetch/);
  });

  it("says what a malformed batch should look like", async () => {
    const manager = newManager();
    const malformed = { signals: [] } as unknown as RaiseBatch;
    const answer = await runInDurableObject(manager, (instance) =>
      instance.raise(malformed).catch((error: unknown) => String(error)),
    );
    expect(answer).toBe("TypeError: raise() takes {id, signals, source}: id is a non-empty string, signals is a list");
  });
});
