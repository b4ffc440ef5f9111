import { describe, expect, it } from "vitest";
import { INCIDENTS, pauses } from "./incidents.ts";
import { trendOf } from "./memory.ts";
import type { NotificationLine } from "../stack/evaluator-api.ts";
import { booksAgree, requestLogOf } from "./request-log.ts";
import { toldBook } from "../stack/told-book.ts";

const COUNTS = { underWay: 0, heldBack: 0, lastFailure: undefined };

describe("the scripted day", () => {
  it("has twelve incidents that follow one another, with health before, between and after", () => {
    expect(INCIDENTS).toHaveLength(12);
    expect(pauses(INCIDENTS, 14_000)).toEqual({ onMs: 500, offMs: 500 });
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

  it("adds up what was sent in several runs", () => {
    const run = { ...COUNTS, sent: 3, byStatus: { "200": 1, "500": 1 }, failed: 1 };
    expect(requestLogOf(run, run)).toEqual({ sent: 6, bad: 2, unanswered: 2 });
  });

  it("agrees with books that differ by no more than the killed requests", () => {
    const log = { sent: 100, bad: 10, unanswered: 1 };
    expect(booksAgree(log, { total: 99, bad: 10 }, 1)).toEqual({ ok: true, totalOff: -1, badOff: 0 });
    expect(booksAgree(log, { total: 98, bad: 10 }, 1)).toMatchObject({ ok: false });
    expect(booksAgree(log, { total: 100, bad: 12 }, 1)).toMatchObject({ ok: false });
  });
});

describe("what was told", () => {
  const decided = (id: string, channel: string, status = "delivered"): NotificationLine => ({
    ...{ id, channel, status },
    ...{ groupKey: "g", kind: "firing", reason: "first" },
  });
  const arrived = (channel: "slack" | "pagerduty" | "email", body: string) => ({ channel, at: "2026-11-24T00:00:00Z", body });

  it("is complete where every notification's id arrived on its channel", () => {
    const inbox = [arrived("pagerduty", '{"notification_id":"n1"}'), arrived("slack", '{"block_id":"n1"}')];
    const book = toldBook([decided("n1", "pagerduty"), decided("n1", "slack"), decided("n1", "log")], inbox);
    expect(book).toEqual({ decided: 2, arrived: 2, missing: [], direct: 0, repeats: 0, beyond: [], waiting: 0 });
  });

  it("names what never arrived, and counts what came twice or still waits", () => {
    const inbox = [arrived("email", "n2"), arrived("email", "n2"), arrived("slack", "n1"), arrived("slack", "g/direct/n4")];
    const book = toldBook([decided("n1", "pagerduty"), decided("n2", "email"), decided("n3", "email", "pending")], inbox);
    const beyond = [
      "email n2 at 2026-11-24T00:00:00Z: n2",
      "slack of none at 2026-11-24T00:00:00Z: n1",
      "slack of none at 2026-11-24T00:00:00Z: g/direct/n4",
    ];
    expect(book).toEqual({ decided: 2, arrived: 4, missing: ["n1"], direct: 1, repeats: 1, beyond, waiting: 1 });
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
