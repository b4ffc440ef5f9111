import fc from "fast-check";
import { expect, it } from "vitest";
import { takeTokens, type Bucket } from "./rate.ts";

const asks = fc.array(fc.record({ waitMs: fc.integer({ min: -1_000, max: 10_000 }), wanted: fc.integer({ min: 0, max: 80 }) }));

it("never lets more through than the burst and what the time since then allows, whenever it is asked", () => {
  fc.assert(
    fc.property(asks, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100 }), (history, perSecond, burst) => {
      let bucket: Bucket | undefined;
      let nowMs = 1_000_000;
      let firstMs: number | undefined;
      let latestMs = 0;
      let total = 0;
      for (const { waitMs, wanted } of history) {
        nowMs += waitMs;
        const answer = takeTokens(bucket, wanted, nowMs, { perSecond, burst });
        firstMs ??= nowMs;
        latestMs = Math.max(latestMs, nowMs);
        bucket = answer.bucket;
        total += answer.taken;
        expect(answer.taken).toBeLessThanOrEqual(wanted);
        expect(total).toBeLessThanOrEqual(burst + ((latestMs - firstMs) / 1_000) * perSecond + 1e-6);
      }
    }),
    { seed: 20_261_124, numRuns: 300 },
  );
});

it("says when one more is there, and then it is", () => {
  const limit = { perSecond: 3, burst: 5 };
  const empty = takeTokens(undefined, 9, 0, limit);
  expect([empty.taken, empty.retryAfterMs]).toEqual([5, 334]);
  expect(takeTokens(empty.bucket, 9, empty.retryAfterMs, limit).taken).toBe(1);
});
