import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeEnv, type FakeEnv } from "../../test/env.ts";
import { signal } from "../../test/signals.ts";
import {
  createAlertClient,
  routingBySeverity,
  type AlertClient,
  type AlertSignal,
  type CooldownMemory,
  type Severity,
} from "../index.ts";

const START_MS = Date.UTC(2026, 10, 24, 3, 12);
const KEY = "alert:error:database:api";

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockImplementation(() => undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A client in an isolate of its own. */
function clientIn(world: FakeEnv): AlertClient {
  return createAlertClient(world.env, { workerName: "api", memory: new Map() });
}

function error(severity: Severity = "critical", status: "firing" | "resolved" = "firing"): AlertSignal {
  return signal("error:database", { severity, status }, { startsAt: Date.now() });
}

const mailOnly = routingBySeverity({ critical: ["email"], warning: ["email"], info: [] });

function countsRaised(world: FakeEnv): (number | undefined)[] {
  return world.raised.flatMap(({ signals }) => signals.map(({ count }) => count));
}

function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

describe("with an AlertManager", () => {
  it("hands the first error over as a worker's batch, and marks it in KV under the specified key", async () => {
    const world = fakeEnv();
    expect(await clientIn(world).raise(error())).toEqual({ kind: "handed-over" });
    expect(world.raised).toMatchObject([{ source: "worker", signals: [{ name: "error:database", count: 1 }] }]);
    expect([...world.kv.keys()]).toEqual([KEY]);
  });

  it("lets one raise a minute through a storm, with the count of all since", async () => {
    const world = fakeEnv();
    const client = clientIn(world);
    for (let second = 0; second < 150; second += 1) {
      await Promise.all(Array.from({ length: 10 }, () => client.raise(error())));
      pass(1);
    }
    expect(countsRaised(world)).toEqual([1, 600, 600]);
    expect([world.calls.get, world.calls.put]).toEqual([3, 3]);
  });

  it("holds back what another isolate has just raised, and brings its own count a minute later", async () => {
    const first = fakeEnv();
    await clientIn(first).raise(error());
    const second = fakeEnv({ shared: first });
    const client = clientIn(second);
    pass(30);
    expect(await client.raise(error())).toEqual({ kind: "counted", waiting: 1 });
    pass(31);
    expect(await client.raise(error())).toEqual({ kind: "handed-over" });
    expect(countsRaised(second)).toEqual([2]);
  });

  it("lets a rise in severity through at once", async () => {
    const world = fakeEnv();
    const client = clientIn(world);
    await client.raise(error("warning"));
    expect(await client.raise(error("critical"))).toEqual({ kind: "handed-over" });
    expect(await client.raise(error("warning"))).toEqual({ kind: "counted", waiting: 1 });
  });

  it("lets an error that it has not had within a day through at once, and counts each error apart", async () => {
    const world = fakeEnv();
    const client = clientIn(world);
    const of = (fingerprint: string): AlertSignal => ({ ...error(), sample: { fingerprint, error: `error ${fingerprint}` } });
    await client.raise(of("f1"));
    expect(await client.raise(of("f1"))).toEqual({ kind: "counted", waiting: 1 });
    expect(await client.raise(of("f2"))).toEqual({ kind: "handed-over" });
    expect(await client.raise(of("f2"))).toEqual({ kind: "counted", waiting: 1 });
    pass(61);
    await client.raise(of("f1"));
    expect(world.raised.map(({ signals }) => signals[0]?.errors?.map((one) => `${one.fingerprint} ${one.count}`))).toEqual([
      ["f1 1"],
      ["f1 1", "f2 1"],
      ["f2 1", "f1 1"],
    ]);
    const elsewhere = clientIn(fakeEnv({ shared: world }));
    expect((await elsewhere.raise(of("f2"))).kind).toBe("counted");
    expect((await elsewhere.raise(of("f3"))).kind).toBe("handed-over");
  });

  it("does not storm though every error is new", async () => {
    const world = fakeEnv();
    const client = clientIn(world);
    for (let n = 0; n < 1_000; n += 1) await client.raise({ ...error(), sample: { fingerprint: `f${n}`, error: "x" } });
    expect(world.raised).toHaveLength(20);
    expect(countsRaised(world)[0]).toBe(1);
  });

  it("keeps rules and workers apart", async () => {
    const world = fakeEnv();
    const memory: CooldownMemory = new Map();
    const raise = (workerName: string, name: string) => createAlertClient(world.env, { workerName, memory }).raise(signal(name));
    const answers = [await raise("api", "a"), await raise("api", "b"), await raise("web", "a")];
    expect(answers.map(({ kind }) => kind)).toEqual(["handed-over", "handed-over", "handed-over"]);
  });

  it("hands an end over at any time, after which the next error is news", async () => {
    const world = fakeEnv();
    const client = clientIn(world);
    await client.raise(error());
    expect(await client.raise(error("critical", "resolved"))).toEqual({ kind: "handed-over" });
    expect(world.kv.size).toBe(0);
    expect(await client.raise(error())).toEqual({ kind: "handed-over" });
    expect(world.raised.map(({ signals }) => signals[0]?.status)).toEqual(["firing", "resolved", "firing"]);
  });

  it.each([
    ["critical", "handed-over"],
    ["warning", "handed-over"],
    ["info", "counted"],
  ] as const)("where KV fails, a %s is %s", async (severity, kind) => {
    const world = fakeEnv();
    world.break({ kv: true });
    expect(await clientIn(world).raise(error(severity))).toMatchObject({ kind });
  });

  it("tries three times under one id, then sends a critical alert directly and says so", async () => {
    const world = fakeEnv();
    world.break({ manager: true });
    expect(await clientIn(world).raise(error())).toEqual({ kind: "direct", channels: ["email", "log"] });
    expect(world.calls.raise).toBe(3);
    expect(world.mails[0]?.text).toContain(
      "DEGRADED: AlertManager could not be reached three times: sent directly, may be told again",
    );
  });

  it("sends a critical alert directly once an hour while AlertManager stays away, whichever isolate meets it, and loses no count", async () => {
    const world = fakeEnv();
    world.break({ manager: true });
    const [client, other] = [clientIn(world), clientIn(world)];
    for (let minute = 0; minute < 59; minute += 1) {
      await client.raise(error());
      await other.raise(error());
      pass(60);
    }
    expect(world.mails).toHaveLength(1);
    world.break({});
    pass(6);
    await client.raise(error());
    pass(61);
    await other.raise(error());
    // All but the first, which went out directly, and the two that bring the counts along.
    expect(countsRaised(world)).toEqual([58 + 1, 59 + 1]);
  });

  it("tries again soon when the direct message reached nobody", async () => {
    const world = fakeEnv();
    world.break({ manager: true });
    const client = createAlertClient(
      { ...world.env, EMAIL: undefined },
      { workerName: "api", memory: new Map(), routing: mailOnly },
    );
    expect(await client.raise(error())).toMatchObject({ kind: "direct", channels: [] });
    pass(61);
    expect(await client.raise(error())).toMatchObject({ kind: "direct" });
  });

  it.each(["manager", "kv"] as const)("waits for no %s that hangs", async (which) => {
    const world = fakeEnv();
    world.break({}, which);
    const told = clientIn(world).raise(error());
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await told).kind).toBe(which === "manager" ? "direct" : "handed-over");
  });

  it("tries a warning that could not be handed over again after 5 s, with all that came meanwhile", async () => {
    const world = fakeEnv();
    const client = clientIn(world);
    world.break({ manager: true });
    expect(await client.raise(error("warning"))).toEqual({ kind: "failed", reason: "AlertManager could not be reached" });
    expect(await client.raise(error("warning"))).toEqual({ kind: "counted", waiting: 2 });
    world.break({});
    pass(6);
    expect(await client.raise(error("warning"))).toEqual({ kind: "handed-over" });
    expect(countsRaised(world)).toEqual([3]);
  });

  it("hashes a key that would be too long for KV", async () => {
    const world = fakeEnv();
    await clientIn(world).raise({ ...error(), name: "x".repeat(600) });
    expect([...world.kv.keys()].map((key) => key.length <= 512)).toEqual([true]);
  });
});

describe("without an AlertManager", () => {
  it("calls the channels that are set up, once an hour", async () => {
    const world = fakeEnv({ hasManager: false });
    const client = clientIn(world);
    expect(await client.raise(error())).toEqual({ kind: "direct", channels: ["email", "log"] });
    pass(3_599);
    expect(await client.raise(error())).toEqual({ kind: "counted", waiting: 1 });
    pass(1);
    await client.raise(error());
    expect(world.mails.map(({ subject }) => subject)).toEqual(Array.from({ length: 2 }, () => "[critical] api: error:database"));
  });

  it("is held back by KV in another isolate", async () => {
    const first = fakeEnv({ hasManager: false });
    await clientIn(first).raise(error());
    pass(600);
    expect(await clientIn(fakeEnv({ hasManager: false, shared: first })).raise(error())).toEqual({ kind: "counted", waiting: 1 });
  });

  it("names the channels that are not set up in what it sends", async () => {
    const world = fakeEnv({ hasManager: false });
    await clientIn(world).raise(error());
    expect(world.mails[0]?.text).toContain("Not told: slack: not configured, set SLACK_WEBHOOK_URL");
  });

  it("leaves the sending to keepAlive where there is one", async () => {
    const world = fakeEnv({ hasManager: false, hasKv: false });
    const kept: Promise<unknown>[] = [];
    const client = createAlertClient(world.env, {
      workerName: "api",
      memory: new Map(),
      keepAlive: (work) => void kept.push(work),
    });
    await client.raise(error());
    expect(kept).toHaveLength(1);
    expect(await kept[0]).toEqual(["email", "log"]);
  });

  it("tells an end only where the beginning was told", async () => {
    const world = fakeEnv({ hasManager: false });
    const client = clientIn(world);
    expect(await client.raise(error("critical", "resolved"))).toEqual({ kind: "direct", channels: [] });
    await client.raise(error());
    expect(await client.raise(error("critical", "resolved"))).toEqual({ kind: "direct", channels: ["email", "log"] });
    expect(world.mails.at(-1)?.subject).toBe("[resolved] api: error:database");
  });
});

describe("never throws", () => {
  it.each([
    ["an empty environment", {}],
    ["bindings of another kind", { ALERT_MANAGER: "x", ALERT_COOLDOWN: 1, EMAIL: null }],
    ["a malformed clock", { MONOTASK_CLOCK: "{", ALERT_MANAGER: null }],
  ])("with %s the log is what is left", async (_, env) => {
    const client = createAlertClient(env, { workerName: "api", memory: new Map() });
    expect(await client.raise(error())).toEqual({ kind: "direct", channels: ["log"] });
  });

  it("says that a signal which is none could not be raised", async () => {
    const client = clientIn(fakeEnv());
    expect(await client.raise(undefined as unknown as AlertSignal)).toEqual({
      kind: "failed",
      reason: "the signal could not be raised (TypeError)",
    });
  });
});
