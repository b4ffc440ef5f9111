import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { secrets } from "../../telemetry/test/secret-corpus.ts";
import { addBreadcrumb, createErrorAlerter, type Thresholds } from "./index.ts";

interface Point {
  readonly indexes: string[];
  readonly blobs: string[];
  readonly doubles: number[];
}

interface Raised {
  readonly signals: readonly { readonly name: string; readonly labels: Record<string, string> }[];
}

function fakeEnv(): { env: object; points: Point[]; raised: Raised[] } {
  const points: Point[] = [];
  const raised: Raised[] = [];
  const manager = {
    raise: (batch: Raised) => {
      raised.push(batch);
      return Promise.resolve({ accepted: batch.signals.length, duplicate: false });
    },
  };
  const env = {
    ANALYTICS: { writeDataPoint: (point: Point) => void points.push(point) },
    ALERT_MANAGER: { getByName: () => manager },
  };
  return { env, points, raised };
}

beforeEach(() => {
  for (const method of ["log", "warn", "error"] as const) vi.spyOn(console, method).mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("createErrorAlerter", () => {
  const request = (): Request => new Request("https://api.test/api/tasks/42?token=abc", { headers: { "cf-ray": "ray1" } });

  it("describes an error with its request, without secrets", () => {
    const alerter = createErrorAlerter({}, "api-gateway");
    const described = alerter.createErrorContext(new Error("login failed for bo@example.com"), request(), { userId: "user_123" });
    expect(described).toMatchObject({
      message: "login failed for [email]",
      endpoint: "/api/tasks/:id",
      method: "GET",
      requestId: "ray1",
      context: { userId: "user_123" },
    });
  });

  it("writes one error point and raises error:{category}", async () => {
    const { env, points, raised } = fakeEnv();
    const alerter = createErrorAlerter(env, "writes-one");
    await alerter.sendAlert(alerter.createErrorContext(new Error("Database connection failed"), request(), {}));
    expect(points.map((point) => [point.indexes[0], point.blobs[5], point.blobs[13]])).toEqual([
      ["writes-one:error:error", "error", "database"],
    ]);
    expect(raised.flatMap((batch) => batch.signals)).toMatchObject([
      { name: "error:database", labels: { worker: "writes-one", severity: "critical", symptom: "errors", category: "database" } },
    ]);
  });

  it("tells a value that is seen twice once", async () => {
    const { env, points, raised } = fakeEnv();
    const alerter = createErrorAlerter(env, "seen-twice");
    const [error, during] = [new Error("Database gone"), request()];
    await alerter.sendAlert(alerter.createErrorContext(error, during));
    await alerter.sendAlert(alerter.createErrorContext(error, during));
    await alerter.sendAlert(alerter.createErrorContext("a thrown text", during));
    await alerter.sendAlert(alerter.createErrorContext("a thrown text", during));
    expect(points).toHaveLength(2);
    expect(raised).toHaveLength(2);
  });

  it("counts a kept error again in another request", async () => {
    const { env, points } = fakeEnv();
    const alerter = createErrorAlerter(env, "kept-error");
    const kept = new Error("not configured");
    await alerter.sendAlert(alerter.createErrorContext(kept, request()));
    await alerter.sendAlert(alerter.createErrorContext(kept, request()));
    expect(points).toHaveLength(2);
  });

  it("counts an error that several requests wait for once in each, however they take turns", async () => {
    const { env, points } = fakeEnv();
    const alerter = createErrorAlerter(env, "shared-error");
    const [shared, one, other] = [new Error("no connection"), request(), request()];
    // A tracker sees it in each request, then the wrapper around each.
    for (const during of [one, other, one, other]) await alerter.sendAlert(alerter.createErrorContext(shared, during));
    expect(points).toHaveLength(2);
  });

  it("counts an error that is kept and thrown in each run of a cron in each", async () => {
    const { env, points } = fakeEnv();
    const kept = new Error("not configured");
    for (const invocation of [{}, {}, {}]) {
      const alerter = createErrorAlerter(env, "kept-in-crons", { invocation });
      for (const _seenBy of ["tracker", "wrapper"]) await alerter.sendAlert(alerter.createErrorContext(kept));
    }
    expect(points).toHaveLength(3);
  });

  it("counts a text that two messages of a batch are thrown with twice", async () => {
    const { env, points } = fakeEnv();
    const alerter = createErrorAlerter(env, "texts-in-batches", { invocation: {} });
    for (const _message of [1, 2]) await alerter.sendAlert(alerter.createErrorContext("no connection"));
    expect(points).toHaveLength(2);
  });

  it("tells what is handed over undescribed", async () => {
    const { env, points, raised } = fakeEnv();
    const alerter = createErrorAlerter(env, "undescribed");
    // The compiler would refuse these; JavaScript callers are not stopped by it.
    for (const thrown of [new Error("Database gone"), "text", undefined]) await alerter.sendAlert(thrown as never);
    expect(points.map(({ blobs }) => blobs[15])).toEqual(["Database gone", "text", "undefined"]);
    expect(raised.flatMap((batch) => batch.signals)[0]).toMatchObject({ name: "error:database" });
  });

  it("takes what is no request for none", async () => {
    const { env, points } = fakeEnv();
    const alerter = createErrorAlerter(env, "no-request");
    for (const during of ["https://api.test/", 7, null])
      await alerter.sendAlert(alerter.createErrorContext(new Error("x"), during as never));
    expect(points).toHaveLength(3);
  });

  it("counts every occurrence where an error keeps coming, though people are told once", async () => {
    const { env, points, raised } = fakeEnv();
    const alerter = createErrorAlerter(env, "keeps-coming");
    const same = (): Error => new Error("Database connection failed");
    for (let at = 0; at < 50; at += 1) await alerter.sendAlert(alerter.createErrorContext(same(), request()));
    expect(points.reduce((sum, point) => sum + (point.doubles[4] ?? 0), 0)).toBe(50);
    expect(new Set(points.map((point) => point.blobs[14])).size).toBe(1);
    expect(raised).toHaveLength(1);
  });

  it("takes the user's rules for its alerts", async () => {
    const { env, raised } = fakeEnv();
    const alerter = createErrorAlerter(env, "own-rules", {
      classify: [{ match: "PaymentError", category: "payments", severity: "critical" }],
    });
    await alerter.sendAlert(alerter.createErrorContext(Object.assign(new Error("declined"), { name: "PaymentError" })));
    expect(raised.flatMap((batch) => batch.signals)).toMatchObject([
      { name: "error:payments", labels: { severity: "critical" } },
    ]);
  });

  it("only logs an info error", async () => {
    const { env, points, raised } = fakeEnv();
    const alerter = createErrorAlerter(env, "only-logs");
    await alerter.sendAlert(alerter.createErrorContext(Object.assign(new Error("bad title"), { status: 400 }), request()));
    expect(points).toHaveLength(1);
    expect(raised).toEqual([]);
    expect(console.log).toHaveBeenCalledOnce();
  });

  it("works without any binding", async () => {
    const alerter = createErrorAlerter({}, "bare");
    await expect(alerter.sendAlert(alerter.createErrorContext(null))).resolves.toBeUndefined();
  });
});

describe("a threshold", () => {
  const timeout = (): Error => new Error("the call timed out");

  /** A worker with thresholds, whose clock stands at `minute`. */
  function worker(name: string, thresholds: Thresholds) {
    const { env, points, raised } = fakeEnv();
    return {
      points,
      raisedCount: () => raised.flatMap((batch) => batch.signals).length,
      signals: () => raised.flatMap((batch) => batch.signals),
      async fail(minute: number, error: unknown = timeout()) {
        vi.setSystemTime(minute * 60_000);
        const alerter = createErrorAlerter(env, name, { thresholds });
        await alerter.sendAlert(alerter.createErrorContext(error));
      },
    };
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("raises from the Nth occurrence within its minutes on, and counts all", async () => {
    const { fail, points, raisedCount, signals } = worker("nth", { "error:timeout": { atLeast: 3, inMinutes: 10 } });
    for (const minute of [100, 101]) await fail(minute);
    expect([points.length, raisedCount()]).toEqual([2, 0]);
    await fail(102);
    expect([points.length, raisedCount()]).toEqual([3, 1]);
    expect(signals()[0]).toMatchObject({ value: "3 in 10 min", threshold: "3 in 10 min" });
  });

  it("forgets what is older", async () => {
    const { fail, raisedCount } = worker("older", { "error:timeout": { atLeast: 3, inMinutes: 10 } });
    for (const minute of [100, 105, 110, 116, 121]) await fail(minute);
    expect(raisedCount()).toBe(0);
    await fail(122);
    expect(raisedCount()).toBe(1);
  });

  it("is one rule's alone, and one worker's", async () => {
    const thresholds = { "error:timeout": { atLeast: 2, inMinutes: 10 } };
    const [one, other] = [worker("one", thresholds), worker("other", thresholds)];
    await one.fail(100);
    await other.fail(100);
    expect([one.raisedCount(), other.raisedCount()]).toEqual([0, 0]);
    await one.fail(101, new Error("D1_ERROR: gone"));
    expect(one.signals().map(({ name }) => name)).toEqual(["error:database"]);
  });

  it.each([
    ["error:timeout", { atLeast: Number.NaN, inMinutes: 10 }, timeout()],
    ["error:database", { atLeast: 5, inMinutes: Number.NaN }, new Error("D1_ERROR: gone")],
  ])("that no count can reach is named once, and loses nothing: %s", async (rule, threshold, error) => {
    const { fail, raisedCount } = worker(`unusable ${rule}`, { [rule]: threshold });
    await fail(100, error);
    expect(raisedCount()).toBe(1);
    await fail(101, error);
    const warnings = vi.mocked(console.warn).mock.calls.map(([line]) => String(line));
    expect(warnings.filter((line) => line.includes(`threshold of ${rule} is left out`))).toHaveLength(1);
  });

  it("of 1 is none", async () => {
    const { fail, raisedCount } = worker("first", { "error:timeout": { atLeast: 1, inMinutes: 1 } });
    await fail(100);
    expect(raisedCount()).toBe(1);
  });
});

describe("no secret leaves the isolate", () => {
  let workers = 0;

  it.each(secrets)("%j", async (text, secret) => {
    const lines: string[] = [];
    for (const method of ["log", "warn", "error"] as const) {
      vi.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(String(line)));
    }
    const { env, points, raised } = fakeEnv();
    const headers = { "x-note": encodeURIComponent(text) === text ? text : "none" };
    const during = new Request(`https://api.test/api/tasks/42?note=${encodeURIComponent(text)}`, { headers });
    addBreadcrumb(during, { message: text, category: text, data: { text } });
    const thrown = Object.assign(new Error(text, { cause: new AggregateError([new Error(text)], text) }), { code: text });
    const alerter = createErrorAlerter(env, `secrets-${(workers += 1)}`, {
      classify: [{ match: /^/, severity: "critical" }],
    });
    const details = { userId: text, operation: text, endpoint: text, requestId: text, note: text, list: [text], deep: { text } };
    await alerter.sendAlert(alerter.createErrorContext(thrown, during, details));
    const left = JSON.stringify({ points, lines, raised });
    expect(points).toHaveLength(1);
    expect(lines).toHaveLength(1);
    expect(raised).toHaveLength(1);
    expect(left).not.toContain(secret);
    expect(left).not.toContain(JSON.stringify(secret).slice(1, -1));
  });
});
