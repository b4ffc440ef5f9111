import { seededRandom } from "@monotask/analytics-engine-local";
import { describe, expect, test } from "vitest";
import { createSampler, type Sampler, type SamplerOptions } from "./sampler.ts";
import type { EventTraits } from "./sampling.ts";

const healthy: EventTraits = { statusCode: 200, durationMs: 10, slowAfterMs: 500 };
const failed: EventTraits = { ...healthy, statusCode: 503 };
const ALMOST_ONE = 1 - Number.EPSILON / 2;

/** A sampler on a clock that stands where it is put. */
function sampler(options: SamplerOptions): { decide: Sampler["decide"]; at: (ms: number) => void; weights: typeof weights } {
  let nowMs = 0;
  const { decide } = createSampler({ nowMs: () => nowMs, ...options });
  function weights(traits: EventTraits, times: number): number[] {
    return Array.from({ length: times }, () => decide(traits)?.weight ?? 0);
  }
  return { decide, at: (ms) => (nowMs = ms), weights };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

describe("a sampler", () => {
  test("keeps what is drawn at 0 and leaves out what is drawn just under 1, but never what stands for itself alone", () => {
    expect(sampler({ weight: 10, random: () => 0 }).weights(healthy, 2)).toEqual([10, 10]);
    expect(sampler({ weight: 2, random: () => ALMOST_ONE }).weights(healthy, 2)).toEqual([0, 0]);
    expect(sampler({ weight: 1, random: () => ALMOST_ONE }).weights(healthy, 2)).toEqual([1, 1]);
  });

  test("keeps as many failures a second as it may and then one in ten, and begins anew with the next second", () => {
    const { weights, at } = sampler({ weight: 10, floodPerSecond: 2, random: () => 0 });
    expect(weights(failed, 5)).toEqual([1, 1, 10, 10, 100]);
    at(999);
    expect(weights(failed, 1)).toEqual([100]);
    at(1_000);
    expect(weights(failed, 3)).toEqual([1, 1, 10]);
  });

  test("keeps the first requests of each minute, which failures do not use up", () => {
    const { weights, at } = sampler({ weight: 10, fullRatePerMinute: 2, random: () => ALMOST_ONE });
    expect([...weights(failed, 3), ...weights(healthy, 3)]).toEqual([1, 1, 1, 1, 1, 0]);
    at(59_999);
    expect(weights(healthy, 1)).toEqual([0]);
    at(60_000);
    expect(weights(healthy, 3)).toEqual([1, 1, 0]);
  });

  test("has no floor but the one that is asked for", () => {
    expect(sampler({ weight: 10, fullRatePerMinute: 0, random: () => ALMOST_ONE }).weights(healthy, 1)).toEqual([0]);
  });

  test("keeps all of isolates that serve one request each, where it has a floor", () => {
    const kept = Array.from({ length: 20 }, () => sampler({ weight: 10, fullRatePerMinute: 1, random: () => ALMOST_ONE }));
    expect(sum(kept.flatMap(({ weights }) => weights(healthy, 1)))).toBe(20);
  });

  test("is unbiased where rate, floor, flood and what is always kept meet, over borders of seconds and minutes", () => {
    const random = seededRandom(5);
    const [runs, events] = [400, 600];
    const estimates = Array.from({ length: runs }, () => {
      const { decide, at } = sampler({ weight: 7, fullRatePerMinute: 20, floodPerSecond: 5, random });
      let [good, bad] = [0, 0];
      for (let n = 0; n < events; n += 1) {
        // From one second before a minute's end: the clock stands still for 40 events at a time.
        at(59_000 + Math.floor(n / 40) * 150);
        const isBad = n % 3 === 0;
        const weight = decide(isBad ? failed : { ...healthy, durationMs: n % 10 === 1 ? 600 : 10 })?.weight ?? 0;
        if (isBad) bad += weight;
        else good += weight;
      }
      return { good, bad };
    });
    for (const [of, truth] of [
      ["bad", events / 3],
      ["good", (events * 2) / 3],
    ] as const) {
      const figures = estimates.map((estimate) => estimate[of]);
      const mean = sum(figures) / runs;
      const variance = sum(figures.map((figure) => (figure - mean) ** 2)) / (runs - 1);
      expect(Math.abs(mean - truth), of).toBeLessThan(3 * Math.sqrt(variance / runs));
    }
  });
});
