import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateSlo } from "../index.ts";
import { availabilitySlo, cell, START } from "../test/fixtures.ts";
import { binomialTail, effectiveCounts, isTailBelow } from "./guard.ts";

/** P(X ≥ k) in exact fractions. */
function exactTail(k: number, n: number, num: bigint, den: bigint): number {
  let sum = 0n;
  let choose = 1n;
  for (let hits = 0; hits <= n; hits += 1) {
    if (hits >= k) sum += choose * num ** BigInt(hits) * (den - num) ** BigInt(n - hits);
    choose = (choose * BigInt(n - hits)) / BigInt(hits + 1);
  }
  const digits = 10n ** 30n;
  return Number((sum * digits) / den ** BigInt(n)) / 1e30;
}

describe("the low-traffic guard", () => {
  it("computes the binomial tail as exact fractions do, and its bounds never decide otherwise", () => {
    const law = fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.nat(60),
      fc.constantFrom(1n, 5n, 10n, 50n),
      fc.constantFrom(1e-6, 1e-4, 1e-2),
      (n, hits, permille, alpha) => {
        const k = Math.min(n, hits);
        fc.pre(k > (n * Number(permille)) / 1_000);
        const exact = exactTail(k, n, permille, 1_000n);
        const p = Number(permille) / 1_000;
        expect(binomialTail(k, n, p)).toBeCloseTo(exact, 9);
        fc.pre(Math.abs(exact - alpha) > alpha * 1e-6);
        expect(isTailBelow(k, n, p, alpha)).toBe(exact < alpha);
      },
    );
    fc.assert(law, { numRuns: 1_000, seed: 7 });
  });

  const guarded = availabilitySlo("99.9%", "lowTraffic: { falsePagesPerYear: 1 }");
  const lonely = (bad: number, perMinute: number): ReturnType<typeof evaluateSlo> => {
    const cells = Array.from({ length: 60 }, (_, at) => cell(START + at, perMinute, at === 59 ? bad : 0));
    return evaluateSlo(guarded, cells, { nowMinute: START + 59, firstMinute: START });
  };

  it("lets one failure in 60 requests be chance, and says what held the page back", () => {
    expect(lonely(1, 1).rules[0]).toMatchObject({ verdict: "clear", heldBackBy: "low-traffic" });
  });

  it("does not hold back what cannot be chance, at any traffic", () => {
    expect(lonely(400, 400).rules[0]).toMatchObject({ verdict: "fires", heldBackBy: undefined });
  });

  it("reads sampled counts as the smaller ones that carry as much information", () => {
    const window = {
      fromMinute: 0,
      toMinute: 59,
      measuredMinutes: 60,
      total: 10_000,
      good: 9_900,
      varTotal: 90_000,
      varGood: 89_100,
    };
    expect(effectiveCounts(window)).toEqual({ failures: 10, events: 1_000 });
  });
});

describe("sampling", () => {
  it("holds an alert back while the lower bound of the burn does not exceed the factor", () => {
    const slo = availabilitySlo("99.9%");
    const sampled = (bad: number, variance: number): ReturnType<typeof evaluateSlo> => {
      const cells = Array.from({ length: 60 }, (_, at) => ({ ...cell(START + at, 10_000, bad), varTotal: variance, varGood: 0 }));
      return evaluateSlo(slo, cells, { nowMinute: START + 59, firstMinute: START });
    };
    expect(sampled(150, 0).rules[0]).toMatchObject({ verdict: "fires" });
    expect(sampled(150, 150 * 99).rules[0]).toMatchObject({ verdict: "clear", heldBackBy: "sampling" });
    expect(sampled(600, 600 * 99).rules[0]).toMatchObject({ verdict: "fires" });
  });
});
