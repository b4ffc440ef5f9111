import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { classifyError, createErrorAlerter } from "./index.ts";

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

describe("classifyError", () => {
  it.each([
    [new Error("Database connection failed"), "database", "critical"],
    [new Error("D1_ERROR: no such table: tasks"), "database", "critical"],
    [new Error("D1_ERROR: query timed out"), "database", "critical"],
    [new Error("Worker exceeded CPU time limit"), "cpu-memory", "critical"],
    [new Error("GitHub answered 500"), "external-api", "warning"],
    [new DOMException("The operation timed out", "TimeoutError"), "timeout", "warning"],
    [new Error("Queue send failed"), "queue", "critical"],
    [new Error("sandbox could not be provisioned"), "sandbox", "warning"],
    [Object.assign(new Error("title is missing"), { status: 422 }), "validation", "info"],
    [Object.assign(new Error("slow down"), { status: 429 }), "rate-limit", "info"],
    [new Response("", { status: 401 }), "auth", "info"],
    [{ statusCode: 404 }, "not-found", "info"],
    [new Error("Client disconnected before the answer"), "client-disconnect", "info"],
    [new TypeError("x is not a function"), "unknown", "warning"],
  ])("takes %s for %s, %s", (value, category, severity) => {
    expect(classifyError(value)).toEqual({ category, severity });
  });

  it("takes the status that an error asks for over its words", () => {
    expect(classifyError(Object.assign(new Error("database row not there"), { status: 404 })).category).toBe("not-found");
  });

  it("classifies anything that can be thrown", () => {
    const hostile: unknown = new Proxy(
      {},
      {
        get: () => {
          throw new Error("no");
        },
      },
    );
    for (const value of [undefined, null, 7, "text", Symbol("s"), 1n, () => 1, {}, hostile]) {
      expect(classifyError(value)).toEqual({ category: "unknown", severity: "warning" });
    }
  });
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
