import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { effectsTable, type Job, type TestEnv } from "../../test/worker.ts";
import type { QueueBatch, QueueSender } from "../index.ts";
import type { DeadLetter } from "./letter.ts";
import {
  createDeadLetterConsumer,
  createDeadLetterDesk,
  createLetterStore,
  deadLetterTables,
  type DeadLetterDesk,
  type DeadLetterDeskOptions,
  type LetterStore,
} from "./index.ts";

const bindings = env as unknown as TestEnv;
const START_MS = Date.parse("2026-11-24T12:00:00Z");

let store: LetterStore;
let nowMs: number;
const clock = { now: () => nowMs, toReal: (ms: number) => ms };

beforeEach(async () => {
  await reset();
  nowMs = START_MS;
  await bindings.DB.batch([...deadLetterTables, effectsTable].map((sql) => bindings.DB.prepare(sql)));
  store = createLetterStore({ db: bindings.DB, bucket: bindings.BODIES });
});

function letter(id: string, fields: Partial<DeadLetter> = {}): DeadLetter {
  const error = { errorName: "TypeError", errorMessage: "x is undefined", fingerprint: "f1" };
  return { id, queue: "jobs", sentAtMs: 1, attempts: 3, reason: "last-attempt", ...error, body: { id }, ...fields };
}

/** A queue that remembers what it took. */
function sink(fails: (body: unknown) => Error | undefined = () => undefined): QueueSender & { readonly taken: unknown[] } {
  const taken: unknown[] = [];
  return {
    taken,
    send(body) {
      const error = fails(body);
      if (error) return Promise.reject(error);
      taken.push(body);
      return Promise.resolve();
    },
  };
}

function desk(sender: QueueSender, options: Partial<DeadLetterDeskOptions> = {}): DeadLetterDesk {
  return createDeadLetterDesk({ store, clock, senderOf: (queue) => (queue === "jobs" ? sender : undefined), ...options });
}

/** The bucket, of which one call fails. */
function bucketThatFails(call: keyof R2Bucket): R2Bucket {
  return new Proxy(bindings.BODIES, {
    get: (bucket, name) =>
      name === call
        ? () => Promise.reject(new Error("R2: internal error (10001)"))
        : (Reflect.get(bucket, name, bucket) as unknown),
  });
}

const everything = { filter: {}, by: "kim" };

describe("dead letters", () => {
  it("are stored once however often they come, and shown without secrets", async () => {
    const body = { task: 7, password: "hunter2-hunter2", token: "sk-live-0123456789abcdef0123" };
    await store.put([letter("a", { body }), letter("b")], nowMs);
    await store.put([letter("a", { body })], nowMs + 5);
    const { letters, total } = await desk(sink()).list();
    expect([total, letters.map(({ id }) => id)]).toEqual([2, ["a", "b"]]);
    const [shown] = await desk(sink()).show("a");
    expect(shown).toMatchObject({ state: "stored", reason: "last-attempt", deadAtMs: nowMs, redrives: 0, storedIn: "d1" });
    expect(shown?.preview).toContain('"task":7');
    expect(JSON.stringify(shown)).not.toMatch(/hunter2|0123456789abcdef/);
  });

  it("that come as the platform's copy and in an envelope keep the reason, in whichever order", async () => {
    const bare = { reason: "unknown" as const, errorName: "", errorMessage: "", fingerprint: "" };
    await store.put([letter("a", bare), letter("b")], nowMs);
    await store.put([letter("a"), letter("b", bare)], nowMs);
    const { letters } = await desk(sink()).list();
    expect(letters.map(({ reason, fingerprint }) => [reason, fingerprint])).toEqual([
      ["last-attempt", "f1"],
      ["last-attempt", "f1"],
    ]);
  });

  it.each([
    ["JSON", { deep: [1, null, { text: "ü" }] }],
    ["text", "plain text"],
    ["bytes", new Uint8Array([0, 255, 7]).buffer],
    [
      "a structured clone",
      new Map<unknown, unknown>([
        ["at", new Date(5)],
        [1n, new Set([undefined, -0])],
      ]),
    ],
    ["an error", Object.assign(new RangeError("kept"), { stack: "RangeError: kept" })],
    ["a large body, from R2", { text: "x".repeat(100_000) }],
  ])("go back as they were: %s", async (_what, body) => {
    const queue = sink();
    await store.put([letter("a", { body })], nowMs);
    expect(await desk(queue).redrive(everything)).toMatchObject({ redriven: 1, left: 0 });
    expect(queue.taken).toEqual([body]);
  });

  it("of 80 redriven by four callers at once go back once each", async () => {
    await store.put(
      Array.from({ length: 80 }, (_, n) => letter(`m${n}`)),
      nowMs,
    );
    const queue = sink();
    const own = desk(queue, { rate: { perSecond: 1_000, burst: 1_000 } });
    const results = await Promise.all(Array.from({ length: 4 }, () => own.redrive({ ...everything, limit: 20 })));
    expect(results.reduce((sum, { redriven }) => sum + redriven, 0)).toBe(80);
    expect(new Set(queue.taken.map((body) => JSON.stringify(body))).size).toBe(80);
    expect(queue.taken).toHaveLength(80);
    expect(await own.redrive(everything)).toMatchObject({ redriven: 0, left: 0 });
  });

  it("are redriven no faster than the rate, and the answer says when to go on", async () => {
    await store.put(
      Array.from({ length: 30 }, (_, n) => letter(`m${n}`)),
      nowMs,
    );
    const queue = sink();
    const own = desk(queue, { rate: { perSecond: 2, burst: 10 } });
    expect(await own.redrive(everything)).toMatchObject({ redriven: 10, left: 20, retryAfterMs: 500 });
    expect(await own.redrive(everything)).toMatchObject({ redriven: 0, left: 20 });
    nowMs += 2_500;
    expect(await own.redrive(everything)).toMatchObject({ redriven: 5, left: 15 });
  });

  it("that fit no filter cost no part of the rate", async () => {
    await store.put([letter("a"), letter("b", { fingerprint: "f2" })], nowMs);
    const own = desk(sink(), { rate: { perSecond: 0.001, burst: 2 } });
    expect(await own.redrive({ filter: { fingerprint: "none" }, by: "kim" })).toMatchObject({ redriven: 0, left: 0 });
    expect(await own.redrive({ filter: { fingerprint: "f2" }, by: "kim" })).toMatchObject({ redriven: 1 });
    expect(await own.redrive({ filter: { ids: ["a"] }, by: "kim" })).toMatchObject({ redriven: 1 });
  });

  it("refused by their queue wait as before, and say why", async () => {
    await store.put([letter("a"), letter("b"), letter("c", { queue: "nowhere" })], nowMs);
    const result = await desk(sink(() => new Error("Too Many Requests"))).redrive(everything);
    expect(result).toMatchObject({ redriven: 0, uncertain: [], left: 3 });
    expect(result.refused.map(({ message }) => message).sort()).toEqual([
      "Too Many Requests",
      "Too Many Requests",
      "the evaluator has no producer binding for nowhere: add one to queues.producers",
    ]);
  });

  it("whose send broke off are never sent again by themselves, only when a person says so", async () => {
    await store.put([letter("a")], nowMs);
    const broken = desk(sink(() => new Error("Network connection lost")));
    expect(await broken.redrive(everything)).toMatchObject({ uncertain: ["a"], left: 0 });
    const queue = sink();
    expect(await desk(queue).redrive(everything)).toMatchObject({ redriven: 0 });
    expect(await desk(queue).redrive({ ...everything, includeUncertain: true })).toMatchObject({ redriven: 1 });
    expect(queue.taken).toHaveLength(1);
  });

  it("whose queue never answers are uncertain, and hold up nothing", async () => {
    await store.put([letter("a", { queue: "payload-jobs" })], nowMs);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const hanging: QueueSender = {
      send() {
        queueMicrotask(() => vi.advanceTimersByTime(10_000));
        return new Promise(() => undefined);
      },
    };
    const result = await desk(hanging, { senderOf: () => hanging })
      .redrive(everything)
      .finally(() => vi.useRealTimers());
    expect(result).toMatchObject({ redriven: 0, uncertain: ["a"], left: 0 });
  });

  it("whose redrive was killed between claim and answer become uncertain, not stored", async () => {
    await store.put([letter("a")], nowMs);
    await store.claim({}, ["stored"], 10, { token: "killed", nowMs });
    const queue = sink();
    expect(await desk(queue).redrive(everything)).toMatchObject({ redriven: 0, left: 0 });
    nowMs += 121_000;
    expect(await desk(queue).tidy()).toEqual({ unresolved: { jobs: 1 } });
    expect((await desk(queue).list()).letters).toMatchObject([{ id: "a", state: "uncertain" }]);
    expect(queue.taken).toEqual([]);
  });

  it("whose body R2 does not give just now wait as before, and say so", async () => {
    await store.put([letter("large", { body: { text: "x".repeat(20_000) } }), letter("small")], nowMs);
    const broken = bucketThatFails("get");
    const queue = sink();
    const own = desk(queue, { store: createLetterStore({ db: bindings.DB, bucket: broken }) });
    expect(await own.redrive(everything)).toMatchObject({ redriven: 1, uncertain: [], left: 1 });
    expect(await desk(queue).redrive(everything)).toMatchObject({ redriven: 1, left: 0 });
    expect(queue.taken).toHaveLength(2);
  });

  it("that went back though D1 did not take the word of it are uncertain, and the others are told of all the same", async () => {
    await store.put([letter("a"), letter("b"), letter("c")], nowMs);
    const settle: LetterStore["settle"] = (of, ...rest) =>
      of.id === "b" ? Promise.reject(new Error("D1_ERROR: Network connection lost")) : store.settle(of, ...rest);
    const queue = sink();
    const own = desk(queue, { store: { ...store, settle } });
    expect(await own.redrive(everything)).toMatchObject({ redriven: 2, refused: [], uncertain: ["b"], left: 0 });
    nowMs += 121_000;
    expect(await desk(queue).redrive(everything)).toMatchObject({ redriven: 0 });
    expect(queue.taken).toHaveLength(3);
  });

  it("that a slow redrive has not sent before its claims run out are not sent by it any more", async () => {
    await store.put(
      Array.from({ length: 12 }, (_, n) => letter(`m${n}`)),
      nowMs,
    );
    const taken: string[] = [];
    const note = (body: unknown): void => void taken.push(JSON.stringify(body));
    const rescue = desk({ send: async (body) => note(body) });
    // The sixth send takes two minutes; meanwhile somebody sends all that is in doubt.
    const slow = desk({
      async send(body) {
        note(body);
        if (taken.length !== 6) return;
        nowMs += 121_000;
        await rescue.redrive({ ...everything, includeUncertain: true });
      },
    });
    await slow.redrive(everything);
    await rescue.redrive(everything);
    const twice = taken.filter((body, at) => taken.indexOf(body) !== at);
    // What was on its way when its claim ran out may come twice, since a person asked for it; what had not been sent may not.
    expect(new Set(taken).size).toBe(12);
    expect(twice.length).toBeLessThanOrEqual(6);
  });

  it("that die again after a redrive say how often", async () => {
    const body = { same: "body" };
    await store.put([letter("a", { body })], nowMs);
    await desk(sink()).redrive(everything);
    await store.put([letter("b", { body })], nowMs);
    await desk(sink()).redrive(everything);
    await store.put([letter("c", { body })], nowMs);
    expect((await desk(sink()).show("c"))[0]?.redrives).toBe(2);
  });

  it("are dropped by filter, kept for 30 days with who did it, then gone with their bodies", async () => {
    await store.put([letter("a", { body: { text: "x".repeat(20_000) } }), letter("b", { fingerprint: "f2" })], nowMs);
    expect(await desk(sink()).drop({ filter: { fingerprint: "f1" }, by: "kim" })).toEqual({ dropped: 1 });
    expect(await desk(sink()).show("a")).toMatchObject([{ state: "dropped", resolvedBy: "kim", storedIn: "r2" }]);
    nowMs += 30 * 86_400_000 + 1;
    expect(await desk(sink()).tidy()).toEqual({ unresolved: { jobs: 1 } });
    expect([await desk(sink()).show("a"), (await bindings.BODIES.list()).objects]).toEqual([[], []]);
  });

  it("keep their row until their body is gone from R2", async () => {
    await store.put([letter("a", { body: { text: "x".repeat(20_000) } })], nowMs);
    await desk(sink()).drop({ filter: {}, by: "kim" });
    nowMs += 30 * 86_400_000 + 1;
    const broken = bucketThatFails("delete");
    const away = desk(sink(), { store: createLetterStore({ db: bindings.DB, bucket: broken }) });
    await expect(away.tidy()).rejects.toThrow("10001");
    await desk(sink()).tidy();
    expect([await desk(sink()).show("a"), (await bindings.BODIES.list()).objects]).toEqual([[], []]);
  });

  it("are grouped by what they died of", async () => {
    await store.put([letter("a"), letter("b"), letter("c", { fingerprint: "f2", errorName: "RangeError" })], nowMs);
    expect((await desk(sink()).groups()).map(({ fingerprint, errorName, count }) => [fingerprint, errorName, count])).toEqual([
      ["f1", "TypeError", 2],
      ["f2", "RangeError", 1],
    ]);
  });

  it("cannot be selected by more ids than D1 takes", async () => {
    const ids = Array.from({ length: 81 }, (_, n) => `m${n}`);
    await expect(desk(sink()).redrive({ filter: { ids }, by: "kim" })).rejects.toThrow("name 1 to 80 message ids");
  });
});

describe("the consumer of a dead letter queue", () => {
  /** Messages that remember what became of them. */
  function batchOf(...bodies: unknown[]): { batch: QueueBatch; ends: string[] } {
    const ends: string[] = [];
    const messages = bodies.map((body, n) => ({
      id: `m${n}`,
      timestamp: new Date(START_MS),
      body,
      attempts: 1,
      ack: () => void ends.push(`m${n} ack`),
      retry: () => void ends.push(`m${n} retry`),
    }));
    return { batch: { queue: "jobs-dlq", messages }, ends };
  }

  it("takes an envelope that another program wrote badly, scrubbed and within bounds", async () => {
    const odd = {
      monotaskDeadLetter: 1,
      id: "odd",
      queue: "jobs",
      reason: "made up",
      sentAtMs: Number.NaN,
      attempts: Number.POSITIVE_INFINITY,
      error: { fingerprint: "f".repeat(5_000), message: `no: Bearer abcdefghijklmnopqrstuvwxyz0123456789 ${"x".repeat(9_000)}` },
      body: { task: 1 },
    };
    const { batch, ends } = batchOf(odd, { task: 2 });
    await createDeadLetterConsumer({ store, clock })(batch);
    expect(ends).toEqual(["m0 ack", "m1 ack"]);
    const [shown] = await desk(sink()).show("odd");
    expect(shown).toMatchObject({ reason: "unknown", errorName: "", sentAtMs: 0, attempts: 1 });
    expect(shown?.errorMessage).not.toContain("abcdefghij");
    expect([shown?.fingerprint.length, (shown?.errorMessage.length ?? 0) <= 512]).toEqual([64, true]);
  });

  it("stores the others of a batch in which one cannot be stored", async () => {
    const put: LetterStore["put"] = (letters, atMs) =>
      letters.some(({ id }) => id === "m1")
        ? Promise.reject(new Error("D1_ERROR: string or blob too big"))
        : store.put(letters, atMs);
    const { batch, ends } = batchOf({ task: 0 }, { task: 1 }, { task: 2 });
    await createDeadLetterConsumer({ store: { ...store, put }, clock })(batch);
    expect(ends.sort()).toEqual(["m0 ack", "m1 retry", "m2 ack"]);
    expect((await desk(sink()).list()).letters.map(({ id }) => id).sort()).toEqual(["m0", "m2"]);
  });
});

describe("through the local broker", () => {
  it("every message is worked on once or lies in the dead letter store with its reason", async () => {
    const jobs: Job[] = [
      { name: "healthy", does: "work" },
      { name: "slow", does: "wait" },
      { name: "flaky", does: "fail-once" },
      { name: "broken", does: "fail" },
      { name: "odd", does: "nonsense" },
    ];
    await bindings.JOBS.sendBatch(jobs.map((body) => ({ body })));
    await vi.waitFor(
      async () => {
        const effects = await bindings.DB.prepare("SELECT name, deliveries FROM effects ORDER BY name").all();
        expect(effects.results).toEqual(["flaky", "healthy", "slow"].map((name) => ({ name, deliveries: 1 })));
        const { letters } = await desk(sink()).list();
        const found = letters.map(({ reason, errorMessage }) => `${reason}: ${errorMessage}`);
        expect(found.sort()).toEqual(["given-up: nobody understands odd", "last-attempt: broken failed"]);
      },
      { timeout: 15_000, interval: 50 },
    );
    // A mended consumer gets the very messages back.
    const queue = sink();
    expect(await desk(queue).redrive(everything)).toMatchObject({ redriven: 2, left: 0 });
    expect(queue.taken).toEqual(expect.arrayContaining([jobs[3], jobs[4]]));
  });
});
