import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "@monotask/analytics-engine-local";
import { decideSample, weightOfRate } from "./sampling.ts";

const healthy = { statusCode: 200, durationMs: 10 };

describe("the weight of a rate", () => {
  test.each([
    [1, 1],
    [0.5, 2],
    [0.1, 10],
    [0.3, 3],
    [0.01, 100],
    [0.9, 1],
  ])("of %d is %d", (rate, weight) => {
    expect(weightOfRate(rate)).toBe(weight);
  });

  test("is a whole number from 1 to a million, whatever the rate", () => {
    fc.assert(
      fc.property(fc.double(), (rate) => {
        const weight = weightOfRate(rate);
        expect(Number.isInteger(weight)).toBe(true);
        expect(weight).toBeGreaterThanOrEqual(1);
        expect(weight).toBeLessThanOrEqual(1_000_000);
      }),
    );
  });
});

describe("the sample", () => {
  test.each([
    ["an answer of 400", { ...healthy, statusCode: 400 }, "error"],
    ["an answer of 503", { ...healthy, statusCode: 503 }, "error"],
    ["a thrown error", { ...healthy, hasThrown: true }, "error"],
    ["a critical operation", { ...healthy, isCritical: true }, "critical"],
    ["a request at its threshold", { ...healthy, durationMs: 200, slowAfterMs: 200 }, "slow"],
  ])("always keeps %s, with weight 1", (_what, traits, reason) => {
    expect(decideSample(traits, 10, () => 0.999999)).toEqual({ reason, weight: 1 });
  });

  test("does not call a request slow where the endpoint has no objective", () => {
    expect(decideSample({ ...healthy, durationMs: 60_000 }, 10, () => 0.5)).toBeUndefined();
  });

  test("keeps exactly one draw in n and lets it stand for n", () => {
    for (const n of [1, 2, 3, 7, 10, 100]) {
      const kept = Array.from({ length: n }, (_, k) => decideSample(healthy, n, () => k / n)).filter((decision) => decision);
      expect(kept).toEqual([{ reason: "sampled", weight: n }]);
    }
  });

  test("keeps all at weight 1", () => {
    expect(decideSample(healthy, 1, () => 0.999999)).toEqual({ reason: "sampled", weight: 1 });
  });

  test("estimates the number of requests without bias, within three standard deviations, also when errors are all kept", () => {
    const random = seededRandom(7);
    const requests = 40_000;
    for (const weight of [2, 3, 10, 50]) {
      let estimate = 0;
      for (let i = 0; i < requests; i += 1) {
        const traits = i % 20 === 0 ? { ...healthy, statusCode: 500 } : healthy;
        estimate += decideSample(traits, weight, random)?.weight ?? 0;
      }
      const sigma = Math.sqrt(requests * 0.95 * (weight - 1));
      expect(Math.abs(estimate - requests), `weight ${weight}`).toBeLessThan(3 * sigma);
    }
  });

  test("estimates a share of errors without bias although errors are kept more often", () => {
    const random = seededRandom(11);
    let bad = 0;
    let total = 0;
    for (let i = 0; i < 100_000; i += 1) {
      const statusCode = i % 20 === 0 ? 500 : 200;
      const weight = decideSample({ ...healthy, statusCode }, 3, random)?.weight ?? 0;
      total += weight;
      if (statusCode === 500) bad += weight;
    }
    // 3 σ of the ratio: 0.05 · √(Σ w(w−1) over the healthy) / total.
    expect(Math.abs(bad / total - 0.05)).toBeLessThan((3 * 0.05 * Math.sqrt(95_000 * 2)) / 100_000);
  });
});
