import { describe, expect, it } from "vitest";
import { simulate } from "../../test/simulation.ts";

const REQUESTS = 1_000_000;

describe("a million requests read back from a sample", () => {
  const experiments = [1, 0.1, 0.01].flatMap((rate) =>
    [undefined, 200].map((engineSampleAbove) => ({
      rate,
      ...(engineSampleAbove === undefined ? {} : { engineSampleAbove }),
      errorRatio: 0.013,
      requestsPerSecond: 500,
      seed: Math.round(rate * 100) + (engineSampleAbove ?? 0),
    })),
  );

  it.each(experiments)("are what happened, within 3 σ: %o", { timeout: 300_000 }, async (experiment) => {
    const { points, estimates } = await simulate({ requests: REQUESTS, ...experiment });
    for (const { name, truth, estimate, sigma } of estimates) {
      console.log(
        `${name.padEnd(12)} ${estimate.toPrecision(7)} of ${truth.toPrecision(7)}, ${((estimate - truth) / sigma).toFixed(2)} σ`,
      );
      expect(Math.abs(estimate - truth), name).toBeLessThanOrEqual(3 * sigma);
    }
    console.log(`${points} points`);
  });

  it("are what happened in a total outage, at a few points a second", { timeout: 300_000 }, async () => {
    const { points, estimates } = await simulate({
      requests: REQUESTS,
      rate: 0.1,
      errorRatio: 1,
      requestsPerSecond: 5_000,
      seed: 5,
    });
    expect(points).toBeLessThan((REQUESTS / 5_000) * 200);
    for (const { name, truth, estimate, sigma } of estimates)
      expect(Math.abs(estimate - truth), name).toBeLessThanOrEqual(3 * sigma);
  });
});
