import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareProducts, floorQuotient } from "./ratio.ts";

const SEED = 20_261_124;
const product = (factors: readonly number[]): bigint => factors.reduce((all, factor) => all * BigInt(factor), 1n);
const factors = fc.array(fc.oneof(fc.nat(1_000), fc.nat(2 ** 31 - 1), fc.maxSafeNat()), { minLength: 1, maxLength: 5 });

describe("products of counts", () => {
  it("are compared exactly, also where they leave what a float holds", () => {
    const law = fc.property(factors, factors, (left, right) => {
      const difference = product(left) - product(right);
      expect(Math.sign(compareProducts(left, right))).toBe(difference > 0n ? 1 : difference < 0n ? -1 : 0);
    });
    fc.assert(law, { numRuns: 5_000, seed: SEED });
  });

  it("that are equal in another order are equal, and one more of a large count is more", () => {
    const law = fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 3, maxLength: 5 }), (counts) => {
      const [first = 1, ...rest] = counts;
      expect(compareProducts(counts, counts.toReversed())).toBe(0);
      expect(compareProducts([first + 1, ...rest], counts.toReversed())).toBeGreaterThan(0);
    });
    fc.assert(law, { numRuns: 5_000, seed: SEED });
  });

  it("are divided exactly and rounded down", () => {
    const law = fc.property(factors, fc.integer({ min: 1, max: 2 ** 40 }), (over, under) => {
      const exact = product(over) / BigInt(under);
      fc.pre(exact <= BigInt(Number.MAX_SAFE_INTEGER));
      expect(floorQuotient(over, [under])).toBe(Number(exact));
    });
    fc.assert(law, { numRuns: 5_000, seed: SEED });
  });
});
