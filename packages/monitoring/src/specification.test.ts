import { describe, expect, it, vi } from "vitest";
import { createErrorAlerter, createPerformanceTracker } from "./index.ts";
import { createErrorTracker } from "./middleware/error-tracker.ts";
import { createPerformanceMiddleware } from "./middleware/performance-middleware.ts";

/** As wrangler generates it: an interface without an index signature. */
interface Env {
  readonly ANALYTICS: { writeDataPoint(point: { blobs: string[] }): void };
  readonly LOG_LEVEL: "error";
  readonly METRICS_SAMPLING_RATE: string;
  readonly ALERT_MANAGER: { getByName(name: string): object };
}

function world(): { env: Env; kinds: () => (string | undefined)[] } {
  const points: { blobs: string[] }[] = [];
  const env: Env = {
    LOG_LEVEL: "error",
    METRICS_SAMPLING_RATE: "1",
    ANALYTICS: { writeDataPoint: (point) => void points.push(point) },
    ALERT_MANAGER: { getByName: () => ({ raise: () => Promise.resolve({ accepted: 1, duplicate: false }) }) },
  };
  return { env, kinds: () => points.map((point) => point.blobs[5]) };
}

const request = new Request("https://api.test/api/tasks");
const requestId = "req-1";
const operation = (): Promise<never> => Promise.reject(new Error("Database connection failed"));

describe("the specification's snippets", () => {
  it("alert on an error", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const { env, kinds } = world();
    const alerter = createErrorAlerter(env, "api-gateway");
    const error = new Error("Database connection failed");
    const monitoringError = alerter.createErrorContext(error, request, {
      userId: "user_123",
      endpoint: "/api/tasks",
    });
    await alerter.sendAlert(monitoringError);
    expect(kinds()).toEqual(["error"]);
  });

  it("track performance and custom metrics", async () => {
    const { env, kinds } = world();
    const db = { query: (sql: string) => Promise.resolve([sql]) };
    const tracker = createPerformanceTracker(env, "task-worker");
    tracker.startRequest();
    await tracker.wrapDbQuery(() => db.query("SELECT * FROM tasks"));
    await tracker.wrapExternalApi(() => Promise.resolve(new Response()));
    await tracker.trackCustomMetric("tasks_completed", 1, "count", { project_id: "p1", state: "completed" });
    await tracker.endRequest(request, new Response(), requestId);
    expect(kinds()).toEqual(["custom", "request"]);
  });

  it("answer an error from the error tracking middleware", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const { env } = world();
    const errorTracker = createErrorTracker(env, {
      workerName: "api-gateway",
      captureStackTraces: true,
    });
    const handle = async (): Promise<Response> => {
      try {
        return await operation();
      } catch (error) {
        return await errorTracker.onError(error, request, { requestId });
      }
    };
    expect(await (await handle()).json()).toEqual({ error: "Internal server error", requestId });
  });

  it("track an error and throw it on", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const { env, kinds } = world();
    const errorTracker = createErrorTracker(env, { workerName: "api-gateway" });
    const additionalData = { attempt: 2 };
    const handle = async (): Promise<void> => {
      try {
        await operation();
      } catch (error) {
        await errorTracker.trackError(error, request, {
          operation: "operation_name",
          userId: "user_123",
          context: additionalData,
        });
        throw error;
      }
    };
    await expect(handle()).rejects.toThrow("Database connection failed");
    expect(kinds()).toEqual(["error"]);
  });

  it("track performance from the performance middleware", async () => {
    const { env, kinds } = world();
    const perfMiddleware = createPerformanceMiddleware(env, {
      workerName: "api-gateway",
    });
    const response = await perfMiddleware.trackPerformance(new Request("https://api.test/"), async (tracker) => {
      const result = await tracker.wrapDbQuery(() => ({ ok: true }));
      return new Response(JSON.stringify(result));
    });
    expect(await response.json()).toEqual({ ok: true });
    expect(kinds()).toEqual(["request"]);
  });
});
