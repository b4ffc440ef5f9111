import { columnOf, type Kind } from "@monotask/telemetry";
import { describe, expect, it } from "vitest";
import { createPerformanceTracker, type PerformanceTracker, type PerformanceTrackerOptions } from "./index.ts";

interface Point {
  readonly blobs: string[];
  readonly doubles: number[];
}

interface World {
  readonly tracker: PerformanceTracker;
  readonly points: Point[];
  pass(ms: number): void;
}

/** A tracker with a fake clock; `draw` decides the sampling. */
function world(options: PerformanceTrackerOptions & { draw?: number; rate?: string } = {}): World {
  const points: Point[] = [];
  const env = {
    METRICS_SAMPLING_RATE: options.rate ?? "1",
    ANALYTICS: { writeDataPoint: (point: Point) => void points.push(point) },
  };
  let now = 0;
  const tracker = createPerformanceTracker(env, "task-worker", {
    nowMs: () => now,
    random: () => options.draw ?? 0,
    ...options,
  });
  return { tracker, points, pass: (ms) => (now += ms) };
}

function read(kind: Kind, point: Point | undefined, ...fields: string[]): unknown[] {
  return fields.map((field) => {
    const column = columnOf(kind, field);
    return column?.type === "blob" ? point?.blobs[column.position - 1] : point?.doubles[(column?.position ?? 0) - 1];
  });
}

const request = (path = "/api/tasks/42"): Request => new Request(`https://api.test${path}`);
const answer = (status = 200): Response => new Response(null, { status });

describe("a performance tracker", () => {
  it("writes one wide point for a request", async () => {
    const { tracker, points, pass } = world();
    tracker.startRequest();
    pass(12);
    await tracker.endRequest(request(), answer(), "req-1");
    expect(points).toHaveLength(1);
    expect(
      read("request", points[0], "requestId", "workerName", "endpoint", "method", "statusCode", "outcome", "durationMs"),
    ).toEqual(["req-1", "task-worker", "/api/tasks/:id", "GET", "200", "ok", 12]);
  });

  it("counts overlapping queries once as wall time and also as a sum", async () => {
    const { tracker, points, pass } = world();
    const ends: (() => void)[] = [];
    const query = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    const first = tracker.wrapDbQuery(query);
    pass(10);
    const second = tracker.wrapDbQuery(query);
    pass(10);
    ends[0]?.();
    await first;
    pass(5);
    ends[1]?.();
    await second;
    pass(100);
    await tracker.endRequest(request(), answer(), "r");
    expect(read("request", points[0], "dbQueryTimeMs", "dbQueryTimeSumMs", "dbQueryCount")).toEqual([25, 35, 2]);
  });

  it("passes on what a wrapped call returns or throws", async () => {
    const { tracker, points } = world();
    const failure = new Error("down");
    expect(await tracker.wrapExternalApi(() => 7)).toBe(7);
    await expect(tracker.wrapExternalApi(() => Promise.reject(failure))).rejects.toBe(failure);
    await expect(
      tracker.wrapDbQuery(() => {
        throw failure;
      }),
    ).rejects.toBe(failure);
    await tracker.endRequest(request(), answer(), "r");
    expect(read("request", points[0], "externalCallCount", "dbQueryCount")).toEqual([2, 1]);
  });

  it("counts queries that failed and those that reached 50 and 100 ms, one by one", async () => {
    const { tracker, points, pass } = world();
    const lasting = (ms: number) => (): Promise<void> => Promise.resolve(pass(ms));
    for (const ms of [49, 50, 99, 100]) await tracker.wrapDbQuery(lasting(ms));
    await expect(tracker.wrapDbQuery(() => Promise.reject(new Error("locked")))).rejects.toThrow("locked");
    await tracker.endRequest(request(), answer(), "r");
    expect(read("request", points[0], "dbQueryCount", "dbErrorCount", "dbSlowCount", "dbVerySlowCount")).toEqual([5, 1, 3, 1]);
  });

  it("keeps one of n healthy requests with weight n", async () => {
    const kept = world({ rate: "0.1", draw: 0.099 });
    const left = world({ rate: "0.1", draw: 0.1 });
    await kept.tracker.endRequest(request(), answer(), "r");
    await left.tracker.endRequest(request(), answer(), "r");
    expect(read("request", kept.points[0], "sampleWeight", "kept")).toEqual([10, "sampled"]);
    expect(left.points).toEqual([]);
  });

  it.each([
    ["an error", 404, {}, "error", (): void => undefined],
    ["a slow request", 200, { slowAfterMs: 50 }, "slow", (w: World): void => w.pass(50)],
    ["a critical operation", 200, {}, "critical", (w: World): void => w.tracker.critical("agent-execution")],
  ])("always keeps %s, with weight 1", async (_what, status, options, reason, happen) => {
    const w = world({ rate: "0.1", draw: 0.999, ...options });
    happen(w);
    await w.tracker.endRequest(request(), answer(status), "r");
    expect(read("request", w.points.at(-1), "kept", "sampleWeight")).toEqual([reason, 1]);
  });

  it("writes one point for a request that is ended twice", async () => {
    const { tracker, points } = world();
    const once = request();
    await tracker.endRequest(once, answer(), "r");
    await tracker.endRequest(once, answer(), "r");
    expect(points).toHaveLength(1);
  });

  it("writes a custom metric unsampled with up to 8 dimensions", async () => {
    const { tracker, points } = world({ rate: "0.001", draw: 0.999 });
    await tracker.trackCustomMetric("tasks_completed", 1, "count", { project_id: "p1", state: "completed", none: undefined });
    expect(read("custom", points[0], "name", "unit", "value", "sampleWeight", "dimension1", "dimension2", "dimension3")).toEqual([
      "tasks_completed",
      "count",
      1,
      1,
      "project_id=p1",
      "state=completed",
      "",
    ]);
  });

  it("takes the route's name from the caller, and survives a caller that throws", async () => {
    const named = world({ route: () => "/tasks/{id}" });
    const broken = world({
      route: () => {
        throw new Error("no");
      },
    });
    await named.tracker.endRequest(request(), answer(), "r");
    await broken.tracker.endRequest(request(), answer(), "r");
    expect(read("request", named.points[0], "endpoint")).toEqual(["/tasks/{id}"]);
    expect(read("request", broken.points[0], "endpoint")).toEqual(["(unknown)"]);
  });

  it("ends a request whose handler gave no response", async () => {
    const { tracker, points } = world();
    await tracker.endRequest(request(), undefined as never, "r");
    expect(read("request", points[0], "statusCode")).toEqual(["200"]);
  });

  it("works without a dataset", async () => {
    const tracker = createPerformanceTracker({}, "bare");
    await expect(tracker.endRequest(request(), answer(500), "r")).resolves.toBeUndefined();
  });
});
