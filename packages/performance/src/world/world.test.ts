import { readSettings } from "@monotask/telemetry";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { seededRandom } from "@monotask/analytics-engine-local";
import { createPerformanceTracker, instrumentFetch, runIn, Scope, trackerOf, worldOf } from "../index.ts";

interface Point {
  readonly blobs: string[];
  readonly doubles: number[];
}

/** A worker's bindings, and the weights of what it has written of a kind. */
function worker(vars: object): { env: object; weights: (kind: string) => number[] } {
  const points: Point[] = [];
  return {
    env: { ...vars, ANALYTICS: { writeDataPoint: (point: Point) => void points.push(point) } },
    weights: (kind) => points.filter(({ blobs }) => blobs[5] === kind).map(({ doubles }) => doubles[4] ?? 0),
  };
}

const request = (): Request => new Request("https://api.test/api/tasks");

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("an isolate's sampling", () => {
  it.each([
    [
      "with settings that were read already",
      (env: object) => createPerformanceTracker(env, "settings", { settings: readSettings(env) }),
    ],
    ["with a proxy around its environment", (env: object) => createPerformanceTracker(new Proxy(env, {}), "proxy")],
  ])("thins a flood over all requests, each of which has a tracker of its own %s", async (_how, open) => {
    vi.spyOn(Math, "random").mockImplementation(seededRandom(2));
    const { env, weights } = worker({});
    for (let n = 0; n < 2_000; n += 1) await open(env).endRequest(request(), new Response(null, { status: 503 }));
    const kept = weights("request");
    const sigma = Math.sqrt(kept.reduce((sum, weight) => sum + weight * (weight - 1), 0));
    expect(kept.length).toBeLessThan(200);
    expect(Math.abs(kept.reduce((sum, weight) => sum + weight, 0) - 2_000)).toBeLessThan(3 * sigma);
  });

  it("spends its full-rate floor on requests, not on the calls that they make", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.999);
    vi.stubGlobal("fetch", () => Promise.resolve(new Response()));
    instrumentFetch();
    const { env, weights } = worker({ METRICS_SAMPLING_RATE: "0.01", METRICS_FULL_RATE_PER_MINUTE: "3" });
    for (let n = 0; n < 5; n += 1) {
      const scope = new Scope(worldOf(env, "floor"), request(), undefined);
      await runIn(scope, () => Promise.all(Array.from({ length: 4 }, () => fetch("https://api.github.com/"))));
      await trackerOf(scope, {}).endRequest(request(), new Response());
    }
    expect(weights("request")).toEqual([1, 1, 1]);
    expect(weights("external")).toEqual([1, 1, 1]);
  });
});
