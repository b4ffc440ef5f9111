import { describe, expect, it } from "vitest";
import { INCIDENTS, pauses } from "./incidents.ts";
import { trendOf } from "./memory.ts";
import type { NotificationLine } from "../stack/evaluator-api.ts";
import { agreementOf, lostRequests, requestLogOf } from "./request-log.ts";
import { toldBook } from "../stack/told-book.ts";

const COUNTS = { underWay: 0, heldBack: 0 };
const unanswered = (sentAtMs: number, endedAtMs: number) => ({ sentAtMs, endedAtMs, request: "GET /", why: "ECONNRESET" });

describe("the scripted day", () => {
  it("has twelve incidents that follow one another, with health before, between and after", () => {
    expect(INCIDENTS).toHaveLength(12);
    expect(pauses(INCIDENTS, 14_000)).toEqual({ onMs: 500, offMs: 500 });
  });
});

describe("the request log", () => {
  const outage = { fromMs: 10, toMs: 20, justAnswered: { total: 5, bad: 2 } };

  it("counts answers of 500 and above as bad, and keeps apart what was not answered", () => {
    const byStatus = { "200": 15, "404": 1, "502": 2 };
    expect(requestLogOf({ ...COUNTS, sent: 19, byStatus, unanswered: [unanswered(1, 2)] })).toEqual({
      sent: 19,
      answered: { total: 18, bad: 2 },
      unanswered: [unanswered(1, 2)],
    });
  });

  it("adds up what was sent in several runs", () => {
    const run = { ...COUNTS, sent: 3, byStatus: { "200": 1, "500": 1 }, unanswered: [unanswered(1, 2)] };
    expect(requestLogOf(run, run)).toEqual({
      sent: 6,
      answered: { total: 4, bad: 2 },
      unanswered: [unanswered(1, 2), unanswered(1, 2)],
    });
  });

  it("calls a request lost when the workers were up from its beginning to its end", () => {
    const [before, after] = [unanswered(1, 9), unanswered(21, 22)];
    const byTheKill = [unanswered(5, 10), unanswered(12, 13), unanswered(20, 90)];
    const log = requestLogOf({ ...COUNTS, sent: 9, byStatus: {}, unanswered: [before, ...byTheKill, after] });
    expect(lostRequests(log, [outage])).toEqual([before, after]);
  });

  it("agrees with an equal book alone when nothing was killed", () => {
    const log = requestLogOf({ ...COUNTS, sent: 100, byStatus: { "200": 90, "500": 10 }, unanswered: [] });
    const isSame = (total: number, bad: number): boolean => agreementOf(log, [], { total, bad }).ok;
    expect([isSame(100, 10), isSame(99, 10), isSame(101, 10), isSame(100, 9), isSame(100, 11)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("leaves room for what a kill took: points of the last answers, and answers whose points were written", () => {
    const log = requestLogOf({
      ...COUNTS,
      sent: 100,
      byStatus: { "200": 87, "500": 10 },
      unanswered: [1, 2, 3].map((ms) => unanswered(ms, 11)),
    });
    expect(agreementOf(log, [outage], { total: 92, bad: 8 })).toEqual({
      ok: true,
      fewest: { total: 92, bad: 8 },
      most: { total: 100, bad: 13 },
    });
    expect(agreementOf(log, [outage], { total: 91, bad: 8 }).ok).toBe(false);
    expect(agreementOf(log, [outage], { total: 100, bad: 14 }).ok).toBe(false);
  });
});

describe("a book of a flood, which was thinned", () => {
  const log = requestLogOf({ ...COUNTS, sent: 1_000, byStatus: { "200": 500, "500": 500 }, unanswered: [] });

  it("agrees within three standard deviations of the estimate, and no farther", () => {
    const isNear = (total: number, bad: number): boolean => agreementOf(log, [], { total, bad }, 20).ok;
    expect([isNear(940, 440), isNear(1_060, 560), isNear(939, 500), isNear(1_000, 439), isNear(1_000, 561)]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
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
