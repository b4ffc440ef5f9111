import { describe, expect, it } from "vitest";
import { decide, evaluateSlo, minuteOf, watermarkMinute } from "../index.ts";
import type { AlertMemory, SloStatus } from "../index.ts";
import { availabilitySlo, cell, sloOf, START } from "../test/fixtures.ts";
import { formatShare } from "./text.ts";

const slo = availabilitySlo("99.9%");
const HOURS_30_DAYS = 720;

/** 30 days of hours, then the last hour: what a status says is read from these counts. */
function lastHour(bad: number, total = 9_310, hourlyTotal = 9_310, earlierBad = 0): SloStatus {
  const hours = Array.from({ length: HOURS_30_DAYS - 1 }, (_, index) => ({
    ...cell(START - (HOURS_30_DAYS - 1 - index) * 60, hourlyTotal, index === 0 ? earlierBad : 0),
    spanMinutes: 60,
  }));
  const minutes = Array.from({ length: 60 }, (_, index) => cell(START + index, spread(total, index), spread(bad, index)));
  return evaluateSlo(slo, [...hours, ...minutes], { nowMinute: START + 59, firstMinute: START - 43_200 });
}

function spread(count: number, index: number): number {
  return Math.floor((count * (index + 1)) / 60) - Math.floor((count * index) / 60);
}

describe("the sentence", () => {
  it("says what happened, how fast it burns and what is left, with counts", () => {
    expect(lastHour(412, 9_310, 9_310, 91).sentence).toBe(
      "412 of 9,310 requests failed in the last hour (4.4 %, target 99.9 %): 44× the budget rate; 6,200 of 6,703 failures of budget left (40 of 43.2 min), gone in 15 h at this rate.",
    );
  });

  it("says by how much an overspent budget is overspent", () => {
    expect(lastHour(9_000).sentence).toBe(
      "9,000 of 9,310 requests failed in the last hour (97 %, target 99.9 %): 967× the budget rate; the budget of 6,703 failures is overspent by 2,297.",
    );
  });

  it("speaks of time where the objective is about time", () => {
    const latency = sloOf(["indicator: { kind: request }", "percentile: { p95: 200ms }"]);
    const minutes = Array.from({ length: 60 }, (_, index) => cell(START + index, 100, 4));
    const status = evaluateSlo(latency, minutes, { nowMinute: START + 59, firstMinute: START });
    expect(status.governing.windowMinutes).toBe(60);
    expect(status.sentence).toContain(
      "240 of 6,000 requests took 200 ms or longer in the last hour (4 %, target 95 % under 200 ms)",
    );
    expect(status.sentence).toContain("slow requests of budget left");
  });

  it("marks counts that sampling estimated, and says which minutes are missing", () => {
    const sampled = [START, START + 1].map((minute) => ({ ...cell(minute, 1_000, 900), varGood: 900, varTotal: 9_000 }));
    const status = evaluateSlo(slo, sampled, { nowMinute: START + 1, firstMinute: START });
    expect(status.sentence).toContain(
      "≈ 1,800 of ≈ 2,000 requests failed in the last hour, 58 of its 60 minutes without data and counted as good (90 %, target 99.9 %): 30× the budget rate",
    );
  });

  it("says since when nothing has been measured", () => {
    const status = evaluateSlo(slo, [cell(START, 100, 0)], { nowMinute: START + 4, firstMinute: START - 1_440 });
    expect(status.sentence).toBe(
      "No data: 1 of the last 5 minutes measured, the last at 2025-02-19 22:00 UTC. Alerts keep the state they had.",
    );
  });
});

describe("the sentence", () => {
  it("of an SLO that is measured and has never counted anything does not speak of missing data", () => {
    const idle = evaluateSlo(slo, [cell(START, 0, 0)], { nowMinute: START, firstMinute: undefined });
    expect([idle.state, idle.sentence]).toEqual([
      "no-data",
      "No data yet: its workers are measured, and there have been no requests that it counts.",
    ]);
  });

  it("of a calendar window says since when it counts", () => {
    const ofWeek = availabilitySlo("99.9%", "window: { calendar: { unit: week } }", "alerting: default");
    const monday = minuteOf(Date.UTC(2026, 10, 23));
    const cells = [cell(monday, 1_000, 0), cell(monday + 1_471, 1_000, 40)];
    const { alerts } = evaluateSlo(ofWeek, cells, {
      nowMinute: monday + 1_471,
      firstMinute: monday,
      previous: [{ rule: "budget-low", isFiring: true, sinceMinute: monday }],
    });
    const low = alerts.find(({ rule }) => rule === "budget-low");
    expect(low?.sentence).toContain("40 of 2,000 requests failed since 2026-11-23 00:00 UTC");
  });
});

describe("the sentence about missing data", () => {
  it("counts in minutes, and of a young SLO from its first data", () => {
    const long = availabilitySlo("99%", "window: 1d");
    const missing = (firstMinute: number): string =>
      evaluateSlo(long, [cell(START, 100, 0)], { nowMinute: START + 4, firstMinute }).sentence;
    expect(missing(START - 1_440)).toContain("No data: 1 of the last 120 minutes measured");
    expect(missing(START)).toContain("No data: 1 of the 5 minutes since its first data measured");
  });
});

describe("coverage", () => {
  it("is never more than all of it, though idle minutes were measured before the first event", () => {
    const cells = [START, START + 1, START + 2].map((minute) => cell(minute, minute === START + 2 ? 10 : 0, 0));
    const status = evaluateSlo(slo, cells, { nowMinute: START + 2, firstMinute: START + 2 });
    expect(status.newest.coverage).toBe(1);
  });
});

describe("a share", () => {
  it.each([
    [-1.234, "−123 %"],
    [-0.05, "−5 %"],
    [1e-12, "< 0.000001 %"],
    [0, "0 %"],
  ])("%f reads %s", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

describe("the budget", () => {
  // 9,309.9 thousand requests a month at 99.9 %: 6,703.2 may fail.
  it("is left in events and minutes, with a sign", () => {
    expect(lastHour(503).budget).toMatchObject({
      consumedEvents: 503,
      allowedEvents: 6_703,
      leftEvents: 6_200,
      allowedMinutes: 43.2,
    });
    expect(lastHour(9_000).budget.leftEvents).toBe(-2_297);
    expect(lastHour(9_000).budget.leftMinutes).toBeCloseTo(43.2 * (1 - 9_000 / 6_703.2), 9);
  });

  it("used to exactly 100 % is not exhausted; one failure more is", () => {
    // 10,000 requests an hour for 720 hours: 7,200 may fail.
    const exactly = lastHour(0, 10_000, 10_000, 7_200);
    const more = lastHour(0, 10_000, 10_000, 7_201);
    expect([exactly.state, exactly.budget.leftEvents, exactly.budget.leftRatio]).toEqual(["ok", 0, 0]);
    expect([more.state, more.budget.leftEvents]).toEqual(["exhausted", -1]);
  });

  it("of a young SLO is the month's at the rate measured so far, not the first minute's", () => {
    const status = evaluateSlo(slo, [cell(START + 59, 1_000, 1)], { nowMinute: START + 59, firstMinute: START + 59 });
    expect(status.budget).toMatchObject({ consumedEvents: 1, allowedEvents: 43_200, leftEvents: 43_199 });
    expect(status.state).toBe("ok");
  });

  it("is gone when the failures of the governing window go on", () => {
    expect(lastHour(412, 9_310, 9_310, 91).budget.exhaustedInMinutes).toBeCloseTo((6_200 / 412) * 60, 9);
    expect(lastHour(0).budget.exhaustedInMinutes).toBeUndefined();
  });

  it("is not said to go in 83 days when its window is a month: what fails now has left it by then", () => {
    const slow = lastHour(3);
    expect(slow.governing.burn).toBeLessThan(1);
    expect([slow.budget.exhaustedInMinutes, slow.sentence]).toEqual([undefined, expect.not.stringContaining("gone in")]);
  });
});

describe("alerts from minute to minute", () => {
  const firing = lastHour(412);
  const quiet = lastHour(0);

  it("are critical for pages and warnings for tickets, with what felt it", () => {
    expect(firing.alerts.map((alert) => [alert.rule, alert.severity, alert.symptom])).toEqual([
      ["page-fast", "critical", "availability"],
      ["page-slow", "critical", "availability"],
      ["ticket-fast", "warning", "availability"],
      ["ticket-slow", "warning", "availability"],
      ["burn-10x", "warning", "availability"],
      ["budget-low", "warning", "availability"],
      ["budget-exhausted", "warning", "availability"],
      ["no-data", "warning", "data"],
    ]);
  });

  it("keep the minute they began at while they fire, and take a new one when they end", () => {
    const before: AlertMemory[] = [{ rule: "page-fast", isFiring: true, sinceMinute: START - 7 }];
    expect(decide(before, firing)[0]).toMatchObject({ state: "firing", sinceMinute: START - 7 });
    expect(decide(before, quiet)[0]).toMatchObject({ state: "clear", isFiring: false, sinceMinute: START + 59 });
  });

  it("decided twice are the same", () => {
    expect(decide(firing.alerts, firing)).toEqual(decide(decide(firing.alerts, firing), firing));
  });

  it("of a latency objective have the symptom latency", () => {
    const latency = sloOf(["indicator: { kind: request }", "percentile: { p95: 200ms }"]);
    const status = evaluateSlo(latency, [cell(START, 10, 10)], { nowMinute: START, firstMinute: START });
    expect(new Set(status.alerts.map((alert) => alert.symptom))).toEqual(new Set(["latency", "data"]));
  });
});

describe("the watermark", () => {
  it("is the newest minute that closed before the ingestion lag", () => {
    const noon = Date.UTC(2026, 10, 23, 12, 0, 0);
    expect(watermarkMinute(noon)).toBe(minuteOf(noon) - 2);
    expect(watermarkMinute(noon, 0)).toBe(minuteOf(noon) - 1);
    expect(watermarkMinute(noon + 59_999, 0)).toBe(minuteOf(noon) - 1);
  });
});
