import { describe, expect, it, vi } from "vitest";
import { batch, message, type FakeBatch } from "../test/batches.ts";
import { world } from "../test/world.ts";
import { eachMessage, envelopeOf, giveUp, monitorQueue, noteFailure, retryLater } from "./index.ts";

/** Each test has its own queue and worker: an isolate remembers what failed in a queue, and what was told. */
let made = 0;
function newNames(): { queue: string; workerName: string } {
  made += 1;
  return { queue: `jobs-${made}`, workerName: `worker-${made}` };
}

type Handler = (incoming: FakeBatch, env: object, ctx: object) => unknown;

describe("a watched batch", () => {
  it("is one point: what became of its messages, their times, and what waits behind them", async () => {
    const { env, ctx, written } = world();
    const { queue, workerName } = newNames();
    const [a, b, c] = [
      message("a", { sentMs: Date.now() - 60_000 }),
      message("b", { attempts: 2 }),
      message("c", { attempts: 4 }),
    ];
    const handler: Handler = async () => {
      a.ack();
      b.retry({ delaySeconds: 3 });
      c.retry();
    };
    await monitorQueue(handler, { workerName })(batch(queue, [a, b, c, message("d")]), env, ctx);
    expect(written("queue", "queue", "outcome", "batchSize", "okCount", "retriedCount", "deadCount", "maxAttempts")).toEqual([
      [queue, "dead", 4, 2, 1, 1, 4],
    ]);
    const [[age, count, bytes, backlogAge] = []] = written(
      "queue",
      "oldestMessageAgeMs",
      "backlogCount",
      "backlogBytes",
      "backlogAgeMs",
    );
    expect([Number(age) >= 60_000, count, bytes, Number(backlogAge) >= 9_000]).toEqual([true, 7, 700, true]);
    expect([a, b, c].map(({ answers }) => answers)).toEqual([
      ["ack"],
      [{ retryAfterSeconds: 3 }],
      [{ retryAfterSeconds: undefined }],
    ]);
  });

  it("counts messages beyond the objective by their own time", async () => {
    const { env, ctx, written } = world();
    const { queue, workerName } = newNames();
    let nowMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => nowMs);
    const handle = eachMessage(
      async (each: { id: string }) => {
        nowMs += each.id === "slow" ? 6_000 : 10;
      },
      { concurrency: 1 },
    );
    await monitorQueue(handle, { workerName })(batch(queue, [message("a"), message("slow"), message("b")]), env, ctx);
    vi.restoreAllMocks();
    const fields = written("queue", "processingP50Ms", "processingP95Ms", "processingMaxMs", "slowCount", "durationMs");
    expect(fields).toEqual([[10, 6_000, 6_000, 1, 6_020]]);
  });

  it.each([0, -1, Number.NaN])(
    "cannot be worked on %s at a time: nobody would, and all of it would count as acknowledged",
    (concurrency) => {
      expect(() => eachMessage(() => undefined, { concurrency })).toThrow(`concurrency is ${concurrency}`);
    },
  );

  it("is judged by its own queue's options where it has some", async () => {
    const { env, ctx, written } = world();
    const { queue, workerName } = newNames();
    const handler: Handler = (incoming) => incoming.messages.forEach((each) => each.retry());
    const watched = monitorQueue(handler, { workerName, maxRetries: 9, queues: { [queue]: { maxRetries: 0 } } });
    await watched(batch(queue, [message("a")]), env, ctx);
    await watched(batch(`${queue}-other`, [message("a")]), env, ctx);
    expect(written("queue", "outcome")).toEqual([["dead"], ["retried"]]);
  });

  it("that threw keeps what was acknowledged apart from what is delivered again, and tells the error once", async () => {
    const { env, ctx, written } = world();
    const { queue, workerName } = newNames();
    const thrown = new Error("Consumer broke");
    const handler: Handler = async (incoming) => {
      incoming.messages[0]?.ack();
      throw thrown;
    };
    const call = monitorQueue(handler, { workerName })(batch(queue, [message("a"), message("b")]), env, ctx);
    await expect(call).rejects.toBe(thrown);
    expect(written("queue", "outcome", "okCount", "retriedCount")).toEqual([["failed", 1, 1]]);
    expect(written("error", "message", "operation")).toEqual([["Consumer broke", `queue ${queue}`]]);
  });

  it("keeps a synchronous handler synchronous, with its value and its throw", () => {
    const { env, ctx } = world();
    const { queue, workerName } = newNames();
    const value = {};
    expect(monitorQueue(() => value, { workerName })(batch(queue, [message("a")]), env, ctx)).toBe(value);
    const thrown = new Error("at once");
    const throws = monitorQueue(
      (): void => {
        throw thrown;
      },
      { workerName },
    );
    expect(() => throws(batch(queue, [message("a")]), env, ctx)).toThrow(thrown);
  });

  it.each([
    ["nothing at all", undefined],
    ["a frozen batch", Object.freeze({ queue: "q", messages: Object.freeze([Object.freeze({ id: "a" })]) })],
    [
      "a batch whose properties throw",
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("no");
          },
        },
      ),
    ],
  ])("reaches the handler when it is %s", async (_what, odd) => {
    const { workerName } = newNames();
    const handler = vi.fn(async (_batch: unknown, _env: unknown) => "done");
    expect(await monitorQueue(handler, { workerName })(odd, undefined)).toBe("done");
  });

  it("is not touched where MONOTASK is off", async () => {
    const { env, ctx, written } = world({ MONOTASK: "off" });
    const { queue, workerName } = newNames();
    await monitorQueue(async () => undefined, { workerName })(batch(queue, [message("a")]), env, ctx);
    expect(written("queue", "queue")).toEqual([]);
  });

  it("is not failed by a dataset, a waitUntil and an AlertManager that throw", async () => {
    const { env } = world({
      ANALYTICS: {
        writeDataPoint: () => {
          throw new TypeError("limit");
        },
      },
      ALERT_MANAGER: { getByName: () => ({ raise: () => Promise.reject(new Error("away")) }) },
    });
    const { queue, workerName } = newNames();
    const ctx = {
      waitUntil: () => {
        throw new Error("too late");
      },
    };
    const dying = message("a", { attempts: 4 });
    const handler: Handler = async () => retryLater(dying, new Error("no"), { random: () => 0 });
    await monitorQueue(handler, { workerName })(batch(queue, [dying]), env, ctx);
    expect(dying.answers).toEqual([{ retryAfterSeconds: 8 }]);
  });
});

describe("a poison message", () => {
  const options = { maxRetries: 3, deadLetterQueue: "DLQ" };

  it("on its last attempt goes to the dead letter queue with its reason, and is acknowledged only then", async () => {
    const { env, ctx, dead, written, signals, settle } = world();
    const { queue, workerName } = newNames();
    const dying = message("m1", { attempts: 4, body: { task: 7 }, sentMs: 1_000 });
    const healthy = message("m2");
    const handler: Handler = async () => {
      retryLater(dying, new TypeError("task 7 has no owner; token=abcdef1234567890"));
      healthy.ack();
    };
    await monitorQueue(handler, { workerName, ...options })(batch(queue, [dying, healthy]), env, ctx);
    expect(dying.answers).toEqual(["ack"]);
    const envelope = envelopeOf(dead[0]?.body);
    expect(envelope).toMatchObject({ id: "m1", queue, sentAtMs: 1_000, attempts: 4, reason: "last-attempt", body: { task: 7 } });
    expect(envelope?.error).toMatchObject({ name: "TypeError", message: expect.stringContaining("has no owner") as string });
    expect(JSON.stringify(envelope)).not.toContain("abcdef1234567890");
    expect(written("queue", "outcome", "okCount", "deadCount", "poisonCount", "fingerprint")).toEqual([
      ["dead", 1, 1, 1, envelope?.error.fingerprint],
    ]);
    await settle();
    expect(signals).toMatchObject([
      { name: "queue:poison", labels: { worker: workerName, queue, severity: "warning" }, value: "1 message" },
    ]);
    expect(signals[0]?.description).toContain(`m1 failed on its last attempt (fingerprint ${envelope?.error.fingerprint})`);
  });

  it("that the dead letter queue does not take is retried as its consumer asked", async () => {
    const { env, ctx, written } = world({ DLQ: { send: () => Promise.reject(new Error("Too Many Requests")) } });
    const { queue, workerName } = newNames();
    const dying = message("m1", { attempts: 4 });
    const handler: Handler = async () => dying.retry({ delaySeconds: 9 });
    await monitorQueue(handler, { workerName, ...options })(batch(queue, [dying]), env, ctx);
    expect(dying.answers).toEqual([{ retryAfterSeconds: 9 }]);
    expect(written("queue", "deadCount", "poisonCount")).toEqual([[1, 0]]);
  });

  it("that its consumer gave up goes at its first attempt", async () => {
    const { env, ctx, dead } = world();
    const { queue, workerName } = newNames();
    const [bad, good] = [message("bad"), message("good")];
    const handler: Handler = async () => giveUp(bad, new Error("not a job"));
    await monitorQueue(handler, { workerName, ...options })(batch(queue, [bad, good]), env, ctx);
    expect([bad.answers, good.answers]).toEqual([["ack"], []]);
    expect(envelopeOf(dead[0]?.body)).toMatchObject({ id: "bad", reason: "given-up", attempts: 1 });
  });

  it("whose bug was seen five times goes at its second attempt, but not when the failure may pass by itself", async () => {
    const { env, ctx, dead } = world();
    const { queue, workerName } = newNames();
    const run = (error: Error, attempts: number, id: string): Promise<unknown> => {
      const failing = message(id, { attempts });
      const handler: Handler = async () => retryLater(failing, error);
      return Promise.resolve(monitorQueue(handler, { workerName, ...options })(batch(queue, [failing]), env, ctx));
    };
    const outage = Object.assign(new Error("Claude answered 503"), { status: 503 });
    for (let n = 1; n <= 20; n += 1) await run(outage, 2, `outage-${n}`);
    expect(dead).toEqual([]);
    const bug = new TypeError("x is undefined");
    for (let n = 1; n <= 4; n += 1) await run(bug, 1, `bug-${n}`);
    await run(bug, 2, "bug-5");
    expect(dead.map(({ body }) => envelopeOf(body))).toMatchObject([{ id: "bug-5", reason: "same-failure" }]);
  });

  it.each([
    ["retryAll", (incoming: FakeBatch) => incoming.retryAll({ delaySeconds: 5 }), [{ retryAfterSeconds: 5 }]],
    ["a throw", () => Promise.reject(new Error("boom")), []],
  ])("is put aside after %s without its neighbours", async (_how, handler: Handler, neighbour) => {
    const { env, ctx, dead } = world();
    const { queue, workerName } = newNames();
    const [dying, other] = [message("dying", { attempts: 4 }), message("other")];
    const run = async (): Promise<unknown> =>
      monitorQueue(handler, { workerName, ...options })(batch(queue, [dying, other]), env, ctx);
    await run().catch(() => undefined);
    expect(dead.map(({ body }) => envelopeOf(body)?.id)).toEqual(["dying"]);
    expect([dying.answers, other.answers]).toEqual([["ack"], neighbour]);
  });

  it.each([
    ["acknowledged", (incoming: FakeBatch) => incoming.ackAll(), ["ack"]],
    ["retried", (incoming: FakeBatch) => incoming.retryAll({ delaySeconds: 5 }), [{ retryAfterSeconds: 5 }]],
  ])(
    "that was retried before the rest of its batch was %s as one is put aside, or retried as asked",
    async (_how, rest, neighbour) => {
      for (const [dlq, answer] of [
        [{}, "ack"],
        [{ DLQ: { send: () => Promise.reject(new Error("away")) } }, { retryAfterSeconds: 9 }],
      ] as const) {
        const { env, ctx } = world(dlq);
        const { queue, workerName } = newNames();
        const [dying, other] = [message("dying", { attempts: 4 }), message("other")];
        const handler: Handler = async (incoming) => {
          dying.retry({ delaySeconds: 9 });
          rest(incoming);
        };
        await monitorQueue(handler, { workerName, ...options })(batch(queue, [dying, other]), env, ctx);
        expect([dying.answers, other.answers]).toEqual([[answer], neighbour]);
      }
    },
  );

  it("whose body JSON would change travels as a structured clone", async () => {
    const { env, ctx, dead } = world();
    const { queue, workerName } = newNames();
    const dying = [
      message("json", { attempts: 4, body: { n: [1, "two", null, { three: true }] } }),
      message("date", { attempts: 4, body: { at: new Date(0) } }),
    ];
    const handler: Handler = async (incoming) => incoming.messages.forEach((each) => each.retry());
    await monitorQueue(handler, { workerName, ...options })(batch(queue, dying), env, ctx);
    expect(dead.map(({ options: sent }) => sent)).toEqual([{ contentType: "json" }, { contentType: "v8" }]);
  });

  it("whose reason is told only afterwards still has it", async () => {
    const { env, ctx, dead } = world();
    const { queue, workerName } = newNames();
    const dying = message("m1", { attempts: 4 });
    const handler: Handler = async () => {
      dying.retry();
      noteFailure(dying, new RangeError("late"));
    };
    await monitorQueue(handler, { workerName, ...options })(batch(queue, [dying]), env, ctx);
    expect(envelopeOf(dead[0]?.body)?.error.name).toBe("RangeError");
  });
});
