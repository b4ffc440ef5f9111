import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createClock, parseClockSpec, systemClock } from "./clock.ts";

describe("a clock", () => {
  test("without a spec shows real time", () => {
    const clock = createClock(undefined, () => 1_234);
    expect(clock.now()).toBe(1_234);
    expect(clock.toReal(5_678)).toBe(5_678);
  });

  test("of the system shows and keeps real time", () => {
    const before = Date.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
    expect(systemClock.toReal(99)).toBe(99);
  });

  test("with a rate of 30 lets a real second be half a virtual minute", () => {
    let real = 1_000;
    const clock = createClock({ realMs: 1_000, virtualMs: 5_000_000, rate: 30 }, () => real);
    expect(clock.now()).toBe(5_000_000);
    real += 1_000;
    expect(clock.now()).toBe(5_030_000);
  });

  test("shows a virtual time no earlier than asked for at the real time it names", () => {
    const spec = fc.record({
      realMs: fc.integer({ min: 0, max: 2e12 }),
      virtualMs: fc.integer({ min: 0, max: 2e12 }),
      rate: fc.constantFrom(0.5, 1, 2, 30, 60, 1_000),
    });
    fc.assert(
      fc.property(spec, fc.integer({ min: 0, max: 1e9 }), (given, later) => {
        const virtualMs = given.virtualMs + later;
        const real = createClock(given).toReal(virtualMs);
        const shown = createClock(given, () => real).now();
        expect(shown).toBeGreaterThanOrEqual(virtualMs);
        expect(shown - virtualMs).toBeLessThanOrEqual(given.rate);
      }),
    );
  });

  test("never runs backwards while real time runs forwards", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1_000, noNaN: true }), fc.nat(1e6), fc.nat(1e6), (rate, a, b) => {
        const at = (real: number): number => createClock({ realMs: 0, virtualMs: 0, rate }, () => real).now();
        expect(at(a + b)).toBeGreaterThanOrEqual(at(a));
      }),
    );
  });
});

describe("parseClockSpec", () => {
  test("reads a spec", () => {
    expect(parseClockSpec('{"realMs":1,"virtualMs":2,"rate":30}')).toEqual({ realMs: 1, virtualMs: 2, rate: 30 });
  });

  test("reads the object that a JSON variable arrives as", () => {
    expect(parseClockSpec({ realMs: 1, virtualMs: 2, rate: 30 })).toEqual({ realMs: 1, virtualMs: 2, rate: 30 });
  });

  test.each([
    undefined,
    { realMs: 1, virtualMs: 2, rate: "30" },
    "",
    "null",
    "7",
    "[]",
    "{",
    '{"realMs":1,"virtualMs":2}',
    '{"realMs":1,"virtualMs":2,"rate":0}',
    '{"realMs":1,"virtualMs":2,"rate":-1}',
    '{"realMs":"1","virtualMs":2,"rate":1}',
    '{"realMs":1,"virtualMs":1e999,"rate":1}',
  ])("takes %j for no spec", (given) => {
    expect(parseClockSpec(given)).toBeUndefined();
  });
});
