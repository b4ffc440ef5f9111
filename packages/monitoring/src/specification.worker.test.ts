import { env as bindings } from "cloudflare:workers";
import { createErrorTracker, createPerformanceTracker } from "@monotask/monitoring";
import * as snippets from "virtual:snippets";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env, Given } from "../test/given.ts";

// The bindings of test/wrangler.jsonc.
const env = bindings as unknown as Env;

const points: string[][] = [];
const failure = new Error("Database connection failed");

beforeEach(() => {
  points.length = 0;
  vi.spyOn(env.ANALYTICS, "writeDataPoint").mockImplementation((point) => void points.push(point?.blobs as string[]));
  for (const level of ["log", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Kind and worker of each point. */
function written(): string[] {
  return points.map((blobs) => `${blobs[5]} of ${blobs[1]}`);
}

function given(): Given {
  return {
    env,
    request: new Request("https://api.test/api/tasks", { headers: { "cf-ray": "ray-1" } }),
    response: new Response("ok"),
    requestId: "req-1",
    db: { query: (sql) => Promise.resolve([sql]) },
    handleRequest: async (_request, tracker) => ({ rows: await tracker.wrapDbQuery(() => [1]) }),
    operation: () => Promise.reject(failure),
    dbOperation: () => Promise.resolve(),
    apiCall: () => fetch("https://api.github.com"),
    userId: "user_123",
    additionalData: { attempt: 2 },
    errorTracker: createErrorTracker(env, { workerName: "api-gateway" }),
    tracker: createPerformanceTracker(env, "task-worker"),
    projectId: "p1",
    workerName: "task-worker",
    taskId: "t1",
    duration: 12,
    state: "completed",
  };
}

// Slack never answers in these tests: whatever waited for it would not end.
describe("the specification's code, run as it stands", () => {
  it("1 alerts on an error", async () => {
    await snippets.snippet1(given());
    expect(written()).toEqual(["error of api-gateway"]);
  });

  it("2 tracks a request's performance", async () => {
    await snippets.snippet2(given());
    expect(written()).toEqual(["request of task-worker"]);
  });

  it("3 answers an error with 500, JSON and no stack", async () => {
    const response = (await snippets.snippet3(given())) as Response;
    expect([response.status, await response.json()]).toEqual([500, { error: "Internal server error", requestId: "req-1" }]);
    expect(written()).toEqual(["error of api-gateway"]);
  });

  it("3 answers a caller's mistake with its own status", async () => {
    const mistake = Object.assign(new Error("title is missing"), { status: 422 });
    const response = (await snippets.snippet3({ ...given(), operation: () => Promise.reject(mistake) })) as Response;
    expect([response.status, await response.json()]).toEqual([422, { error: "title is missing", requestId: "req-1" }]);
  });

  it("4 hands the tracker to the handler and returns its response", async () => {
    const response = (await snippets.snippet4(given())) as Response;
    expect(await response.json()).toEqual({ rows: [1] });
    expect(written()).toEqual(["request of api-gateway"]);
  });

  it("5 tracks an error and throws it on", async () => {
    await expect(snippets.snippet5(given())).rejects.toBe(failure);
    expect(written()).toEqual(["error of api-gateway"]);
  });

  it("6 tracks critical operations", async () => {
    await snippets.snippet6(given());
    expect(written()).toEqual(["request of task-worker"]);
  });

  it("7 tracks a business metric with its dimensions", async () => {
    await snippets.snippet7(given());
    expect(written()).toEqual(["custom of task-worker"]);
    expect(points[0]?.slice(10, 14)).toEqual(["tasks_completed", "count", "project_id=p1", "state=completed"]);
  });

  it("8 logs a structured line", async () => {
    const lines: unknown[] = [];
    vi.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
    await snippets.snippet8(given());
    expect(lines.map((line) => JSON.parse(String(line)) as unknown)).toMatchObject([{ message: "Task completed" }]);
  });
});
