import { startAnalyticsEngine } from "@monotask/analytics-engine-local";
import { createSqlApi } from "@monotask/telemetry";
import { describe, expect, it } from "vitest";
import { simulate } from "../../test/simulation.ts";
import { createPerformanceTracker, percentiles } from "../index.ts";

describe("what is read back from a sample", () => {
  it.each([
    ["at rate 0.1", { rate: 0.1, errorRatio: 0.02, requestsPerSecond: 100, seed: 11 }],
    ["in a total outage, thinned", { rate: 0.1, errorRatio: 0.9, requestsPerSecond: 5_000, seed: 12 }],
    ["with a full-rate floor", { rate: 0.01, fullRatePerMinute: 60, errorRatio: 0.02, requestsPerSecond: 20, seed: 13 }],
    ["where the engine samples too", { rate: 0.1, engineSampleAbove: 20, errorRatio: 0.05, requestsPerSecond: 500, seed: 14 }],
  ])("is what happened, within 3 σ, %s", async (_how, experiment) => {
    const { estimates } = await simulate({ requests: 20_000, ...experiment });
    for (const { name, truth, estimate, sigma } of estimates) {
      expect(Math.abs(estimate - truth), `${name}: ${estimate} of ${truth}`).toBeLessThanOrEqual(3 * sigma);
    }
  });

  it("costs a few points more in a total outage, never a multiple", async () => {
    const calm = await simulate({ requests: 20_000, rate: 0.1, errorRatio: 0, requestsPerSecond: 5_000, seed: 15 });
    const outage = await simulate({ requests: 20_000, rate: 0.1, errorRatio: 1, requestsPerSecond: 5_000, seed: 15 });
    expect(outage.points).toBeLessThan(calm.points);
  });
});

describe("percentiles", () => {
  it("are read by route, the busiest first, with what a slow request weighs, what measures 0 ms apart", async () => {
    const engine = await startAnalyticsEngine({ port: 0 });
    try {
      const port = createSqlApi({ url: engine.sqlUrl, token: engine.token, dataset: "monotask" });
      const question = { worker: "api", since: Date.now() - 60_000, until: Date.now() + 60_000 };
      expect(await percentiles(port, question)).toEqual({ kind: "no-data" });
      let now = 0;
      const dataset = engine.dataset("monotask");
      const tracker = createPerformanceTracker({ ANALYTICS: dataset, METRICS_SAMPLING_RATE: "1" }, "api", { nowMs: () => now });
      const serve = async (path: string, durationMs: number): Promise<void> => {
        tracker.startRequest();
        now += durationMs;
        await tracker.endRequest(new Request(`https://api.test${path}`), new Response());
      };
      for (let i = 1; i <= 100; i += 1) await serve("/api/tasks/7", i);
      await serve("/health", 3);
      await dataset.settled();
      expect(await percentiles(port, question)).toEqual({
        kind: "percentiles",
        endpoints: [
          { endpoint: "/api/tasks/:id", count: 100, unmeasuredCount: 0, p50Ms: 50, p95Ms: 95, p99Ms: 99 },
          { endpoint: "/health", count: 1, unmeasuredCount: 0, p50Ms: 3, p95Ms: 3, p99Ms: 3 },
        ],
      });
      const one = await percentiles(port, { ...question, endpoint: "/health" });
      expect(one).toMatchObject({ endpoints: [{ endpoint: "/health" }] });

      // The platform's clock stands still while a worker computes: what measures 0 ms is not known to be fast, and is counted apart.
      for (const durationMs of [0, 0, 0, 20, 40]) await serve("/mixed", durationMs);
      await serve("/computed", 0);
      await dataset.settled();
      expect(await percentiles(port, { ...question, endpoint: "/mixed" })).toMatchObject({
        endpoints: [{ count: 5, unmeasuredCount: 3, p50Ms: 20, p99Ms: 40 }],
      });
      expect(await percentiles(port, { ...question, endpoint: "/computed" })).toMatchObject({
        endpoints: [{ count: 1, unmeasuredCount: 1, p50Ms: undefined, p99Ms: undefined }],
      });
    } finally {
      await engine.close();
    }
  });

  it("say what failed", async () => {
    const port = createSqlApi({ url: "http://127.0.0.1:9/sql", token: "t", dataset: "monotask", attempts: 1 });
    const answer = await percentiles(port, { worker: "api", since: 0, until: 1 });
    expect(answer).toMatchObject({ kind: "failed", message: expect.stringContaining("cannot be reached") as unknown });
  });
});
