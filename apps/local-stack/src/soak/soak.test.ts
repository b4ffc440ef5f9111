import { describe, expect, it } from "vitest";
import { INCIDENTS, pauses } from "./incidents.ts";
import { trendOf } from "./memory.ts";
import { booksAgree, requestLogOf } from "./request-log.ts";

const COUNTS = { underWay: 0, heldBack: 0, lastFailure: undefined };

describe("the scripted day", () => {
  it("has twelve incidents that follow one another, with health before, between and after", () => {
    expect(INCIDENTS).toHaveLength(12);
    expect(pauses(INCIDENTS, 14_000)).toEqual({ onMs: 400, offMs: 600 });
  });
});

describe("the request log", () => {
  it("counts answers of 500 and above as bad, and keeps apart what was not answered", () => {
    expect(requestLogOf({ ...COUNTS, sent: 20, byStatus: { "200": 15, "404": 1, "502": 2 }, failed: 2 })).toEqual({
      sent: 20,
      bad: 2,
      unanswered: 2,
    });
  });

  it("agrees with books that differ by no more than the unanswered requests", () => {
    const log = { sent: 100, bad: 10, unanswered: 1 };
    expect(booksAgree(log, { total: 99, bad: 10 })).toEqual({ ok: true, totalOff: -1, badOff: 0 });
    expect(booksAgree(log, { total: 98, bad: 10 })).toMatchObject({ ok: false });
    expect(booksAgree(log, { total: 100, bad: 12 })).toMatchObject({ ok: false });
  });
});

describe("the memory trend", () => {
  it("holds the last quarter against the second", () => {
    const mib = (n: number): number => n * 1_048_576;
    expect(trendOf([9, 9, 10, 10, 12, 12, 15, 15].map(mib))).toEqual({ startMib: 10, endMib: 15, growth: 1.5 });
  });

  it("says nothing of a handful of readings", () => {
    expect(trendOf([1, 2, 3])).toBeUndefined();
  });
});
