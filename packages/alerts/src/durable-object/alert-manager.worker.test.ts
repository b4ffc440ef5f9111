import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signal, type SignalFields } from "../../test/signals.ts";
import { emailService, sentMails } from "../../test/worker.ts";
import { createAlertClient, type AlertSignal, type CooldownMemory, type DedupStore, type RaiseBatch } from "../index.ts";
import { defaultSettings } from "../engine/settings.ts";
import type { AlertManager } from "./alert-manager.ts";

/** A request that a channel made. */
interface Sent {
  peer: string;
  body: { text?: string; event_action?: string; dedup_key?: string; routing_key?: string };
}

type Answer = () => Response | Promise<Response>;

const CANARIES = ["canary-7f3a", "c0ffee00c0ffee00c0ffee00c0ffee00"];

let sent: Sent[] = [];
let lines: string[] = [];
let answers: Record<string, Answer> = {};
let managers = 0;

beforeEach(() => {
  sent = [];
  lines = [];
  sentMails.length = 0;
  emailService.meets = async () => undefined;
  answers = {
    "slack.test": () => new Response("ok"),
    "pagerduty.test": () => Response.json({ status: "success" }, { status: 202 }),
  };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const peer = new URL(input instanceof Request ? input.url : input).hostname;
    sent.push({ peer, body: JSON.parse(typeof init?.body === "string" ? init.body : "{}") as Sent["body"] });
    const answer = answers[peer];
    if (answer === undefined) throw new Error(`nobody listens at ${peer}`);
    return answer();
  });
  for (const level of ["log", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: unknown) => void lines.push(String(line)));
  }
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** A manager of its own for each test: storage is shared within a file. */
function newManager(): DurableObjectStub<AlertManager> {
  managers += 1;
  return namespace().getByName(`test-${managers}`);
}

function namespace(): DurableObjectNamespace<AlertManager> {
  return (env as unknown as { ALERT_MANAGER: DurableObjectNamespace<AlertManager> }).ALERT_MANAGER;
}

function batchOf(id: string, ...signals: AlertSignal[]): RaiseBatch {
  return { id, source: "evaluator", signals };
}

function alertOf(name: string, fields: SignalFields = {}): AlertSignal {
  return signal(name, fields, { startsAt: Date.now() * 100 });
}

function sentTo(peer: string): Sent[] {
  return sent.filter((request) => request.peer === peer);
}

/** Resolves once nothing waits to be delivered any more and at least `count` messages have been. */
async function settled(manager: DurableObjectStub<AlertManager>, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const records = await manager.notifications();
      expect(records.filter(({ status }) => status === "delivered").length).toBeGreaterThanOrEqual(count);
      expect(await manager.backlog()).toEqual({ pending: 0 });
    },
    { timeout: 10_000, interval: 20 },
  );
}

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

describe("alert client with AlertManager", () => {
  it("hands the first error over and counts the rest of the storm for the next pass", async () => {
    const bindings = { ...env, MONOTASK_CLOCK: undefined };
    const client = createAlertClient(bindings, { workerName: "api", memory: new Map() });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => client.raise(signal("error:database", {}, { startsAt: Date.now() }))),
    );
    expect(answers.filter(({ kind }) => kind === "handed-over")).toHaveLength(1);
    expect(answers.at(-1)).toEqual({ kind: "counted", waiting: 999 });
    const manager = namespace().getByName("default");
    expect(await manager.list()).toMatchObject([{ name: "error:database", count: 1 }]);
    await settled(manager, 4);
  });
});

function newMemory(): CooldownMemory {
  return new Map();
}

describe("a race of concurrent duplicates", () => {
  /** Messages in Slack after `count` isolates (or one, for memory) raise the same new alert at once. */
  async function race(dedup: DedupStore, count: number): Promise<number> {
    const bindings = { ...env, MONOTASK_CLOCK: undefined };
    const name = `race:${dedup}:${count}`;
    const shared: CooldownMemory = new Map();
    const before = sentTo("slack.test").length;
    await Promise.all(
      Array.from({ length: count }, () => {
        const memory = dedup === "memory" ? shared : newMemory();
        const worker = `${name.replaceAll(":", "-")}`;
        return createAlertClient(bindings, { workerName: worker, dedup, memory }).raise(
          signal(name, { worker }, { startsAt: Date.now() }),
        );
      }),
    );
    if (dedup === "durable-object") {
      const manager = namespace().getByName("default");
      await vi.waitFor(
        async () => {
          const records = await manager.notifications();
          expect(records.filter(({ title, status }) => title === name && status === "delivered")).toHaveLength(4);
        },
        { timeout: 20_000, interval: 50 },
      );
    }
    return sentTo("slack.test").length - before;
  }

  it("is told once by memory in one isolate and by AlertManager from any number, and by KV at least once", async () => {
    const told: Record<string, number> = {};
    for (const count of [10, 100]) {
      for (const dedup of ["memory", "kv"] as const) told[`${dedup} ${count}`] = await race(dedup, count);
    }
    told["durable-object 100"] = await race("durable-object", 100);
    console.info(`messages of concurrent duplicates: ${JSON.stringify(told)}`);
    expect(told).toMatchObject({ "memory 10": 1, "memory 100": 1, "durable-object 100": 1 });
    for (const count of [10, 100]) {
      expect(told[`kv ${count}`]).toBeGreaterThanOrEqual(1);
      expect(told[`kv ${count}`]).toBeLessThanOrEqual(count);
    }
  }, 30_000);
});
