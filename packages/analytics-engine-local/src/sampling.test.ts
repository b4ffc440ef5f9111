import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "./random.ts";
import { createSampler } from "./sampling.ts";

/** Weights of `count` points of one index in one second; 0 for a dropped one. */
const weights = (count: number, sampleAbove: number | undefined, seed: number): number[] => {
  const sampler = createSampler(sampleAbove, seededRandom(seed));
  return Array.from({ length: count }, () => sampler.intervalOf("index", 1_000));
};
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe("Equitable sampling", () => {
  test("keeps every point while no limit is set", () => {
    expect(weights(1000, undefined, 1)).toEqual(Array.from({ length: 1000 }, () => 1));
  });

  test("keeps every point of an index up to its allowance", () => {
    expect(weights(100, 100, 1)).toEqual(Array.from({ length: 100 }, () => 1));
  });

  test("gives each index, and each second, an allowance of its own", () => {
    const sampler = createSampler(10, seededRandom(1));
    for (let i = 0; i < 1000; i += 1) sampler.intervalOf("loud", 5);
    for (let i = 0; i < 10; i += 1) expect(sampler.intervalOf("quiet", 5)).toBe(1);
    for (let i = 0; i < 10; i += 1) expect(sampler.intervalOf("loud", 6)).toBe(1);
  });

  test("weighs only with whole numbers", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer(), (sampleAbove, seed) => {
        expect(weights(500, sampleAbove, seed).every(Number.isInteger)).toBe(true);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test("estimates the number of points without bias, with the spread that Σw(w−1) promises", () => {
    const runs = Array.from({ length: 400 }, (_, seed) => weights(2_000, 20, seed));
    const errors = runs.map((run) => sum(run) - 2_000);
    const promised = sum(runs.map((run) => sum(run.map((w) => w * (w - 1))))) / runs.length;
    const mean = sum(errors) / errors.length;
    expect(Math.abs(mean)).toBeLessThan(3 * Math.sqrt(promised / runs.length));
    expect(sum(errors.map((e) => e * e)) / errors.length / promised).toBeCloseTo(1, 0);
  });

  test("stores a flood with the logarithm of its size", () => {
    const kept = weights(100_000, 100, 7).filter((w) => w > 0).length;
    // 100 · (1 + 1/2 + … + 1/1000) ≈ 749 expected.
    expect(kept).toBeGreaterThan(650);
    expect(kept).toBeLessThan(850);
  });

  test("keeps the same points for the same seed", () => {
    expect(weights(500, 10, 3)).toEqual(weights(500, 10, 3));
    expect(weights(500, 10, 3)).not.toEqual(weights(500, 10, 4));
  });

  test("forgets old seconds instead of growing without end, and stays right", () => {
    const sampler = createSampler(1, seededRandom(1));
    const first = Array.from({ length: 150_000 }, (_, second) => sampler.intervalOf("a", second));
    expect(first.every((interval) => interval === 1)).toBe(true);
  });
});
