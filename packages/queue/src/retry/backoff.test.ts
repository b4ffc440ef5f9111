import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { message } from "../../test/batches.ts";
import { parseRetryAfter, retryAfterMsOf } from "../failure/retry-after.ts";
import { isPassing } from "../failure/passing.ts";
import { backoffSeconds, MAX_DELAY_SECONDS } from "./backoff.ts";
import { retryLater } from "./retry-later.ts";

const SEED = 20_261_124;

describe("the wait before the next attempt", () => {
  it("doubles its span with each attempt", () => {
    const spans = [1, 2, 3, 4, 5].map((attempts) => [0, 0.999_999].map((draw) => backoffSeconds(attempts, {}, 0, () => draw)));
    expect(spans).toEqual([
      [1, 2],
      [2, 4],
      [4, 8],
      [8, 16],
      [16, 32],
    ]);
  });

  it("is whole seconds within what a queue takes, never sooner than a peer asked for if that can be waited, never above the longest", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.record({ firstSeconds: fc.integer({ min: 1, max: 600 }), longestSeconds: fc.integer({ min: 1, max: 100_000 }) }),
        fc.integer({ min: 0, max: 100_000_000 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (attempts, backoff, retryAfterMs, draw) => {
          const seconds = backoffSeconds(attempts, backoff, retryAfterMs, () => draw);
          expect(Number.isInteger(seconds)).toBe(true);
          expect(seconds).toBeGreaterThanOrEqual(Math.min(MAX_DELAY_SECONDS, retryAfterMs / 1_000));
          expect(seconds).toBeLessThanOrEqual(MAX_DELAY_SECONDS);
          if (retryAfterMs === 0) expect(seconds).toBeLessThanOrEqual(backoff.longestSeconds);
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });

  it.each([Number.NaN, -5])("is as without the option where that is %s", (seconds) => {
    const wrong = { firstSeconds: seconds, longestSeconds: seconds };
    expect(backoffSeconds(30, wrong, 0, () => 0)).toBe(1_800);
    expect(backoffSeconds(1, wrong, 0, () => 0)).toBe(1);
  });

  it("of a message grows with its own attempts and obeys the error's Retry-After", () => {
    const fourth = message("a", { attempts: 4 });
    retryLater(fourth, new Error("no"), { random: () => 0 });
    const limited = message("b");
    retryLater(limited, Object.assign(new Error("limited"), { retryAfterS: 30 }), { random: () => 0 });
    expect([fourth.answers, limited.answers]).toEqual([[{ retryAfterSeconds: 8 }], [{ retryAfterSeconds: 30 }]]);
  });
});

describe("what a peer asks to wait", () => {
  const nowMs = Date.parse("2026-11-24T12:00:00Z");
  it.each([
    ["a header in seconds", new Response(null, { status: 429, headers: { "retry-after": "7" } }), 7_000],
    ["a header as a date", new Response(null, { headers: { "retry-after": "Tue, 24 Nov 2026 12:01:00 GMT" } }), 60_000],
    ["a date in the past", new Response(null, { headers: { "retry-after": "Tue, 24 Nov 2026 11:00:00 GMT" } }), 0],
    ["an error with its response", { response: new Response(null, { headers: { "retry-after": "2" } }) }, 2_000],
    ["milliseconds", { retryAfterMs: 1_500 }, 1_500],
    ["seconds as a property", { retryAfterSeconds: 3 }, 3_000],
    ["a property with the header's text", { retryAfter: "4" }, 4_000],
    ["nonsense", { retryAfter: "soon" }, undefined],
    ["a negative number", { retryAfterMs: -1 }, undefined],
    ["nothing", new Error("plain"), undefined],
  ])("is read from %s", (_what, value, wait) => {
    expect(retryAfterMsOf(value, nowMs)).toBe(wait);
  });

  it("is nothing for text that is no wait", () => {
    for (const text of ["", "-5", "1e9", "Infinity", "99999999999", "12 minutes ago today"]) {
      expect(parseRetryAfter(text, nowMs) ?? "none", text).toBe("none");
    }
  });
});

describe("a failure", () => {
  it.each([
    [Object.assign(new Error(), { status: 503 }), true],
    [Object.assign(new Error(), { statusCode: 429 }), true],
    [Object.assign(new Error(), { status: 400 }), false],
    [Object.assign(new Error("gone"), { status: 503, retryable: false }), false],
    [new DOMException("late", "TimeoutError"), true],
    [new Error("Network connection lost."), true],
    [new TypeError("x is undefined"), false],
    [undefined, false],
  ])("%s may pass by itself: %s", (error, passes) => {
    expect(isPassing(error)).toBe(passes);
  });
});
