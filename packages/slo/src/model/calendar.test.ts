import { describe, expect, it, vi } from "vitest";
import { evaluateSlo, excludedRanges, periodAt } from "../index.ts";
import type { Exclusion } from "../index.ts";
import { availabilitySlo, cell } from "../test/fixtures.ts";
import { parseRecurrence } from "./recurrence.ts";

const minute = (iso: string): number => Date.parse(iso) / 60_000;

describe("a calendar period", () => {
  // Changes of the clock: Berlin 29 March and 25 October 2026, New York 8 March and 1 November, Lord Howe (30 minutes) 5 April and 4 October.
  it.each([
    ["Europe/Berlin", "2026-03-15T12:00Z", "2026-02-28T23:00Z", "2026-03-31T22:00Z", 743],
    ["Europe/Berlin", "2026-10-15T12:00Z", "2026-09-30T22:00Z", "2026-10-31T23:00Z", 745],
    ["Europe/Berlin", "2026-05-15T12:00Z", "2026-04-30T22:00Z", "2026-05-31T22:00Z", 744],
    ["America/New_York", "2026-03-15T12:00Z", "2026-03-01T05:00Z", "2026-04-01T04:00Z", 743],
    ["America/New_York", "2026-11-15T12:00Z", "2026-11-01T04:00Z", "2026-12-01T05:00Z", 721],
    ["America/New_York", "2026-07-01T03:59Z", "2026-06-01T04:00Z", "2026-07-01T04:00Z", 720],
    ["Australia/Lord_Howe", "2026-04-15T12:00Z", "2026-03-31T13:00Z", "2026-04-30T13:30Z", 720.5],
    ["Australia/Lord_Howe", "2026-10-15T12:00Z", "2026-09-30T13:30Z", "2026-10-31T13:00Z", 743.5],
    ["Australia/Lord_Howe", "2026-02-10T12:00Z", "2026-01-31T13:00Z", "2026-02-28T13:00Z", 672],
  ])("month in %s around %s lasts from %s to %s, %s hours", (zone, at, from, to, hours) => {
    const period = periodAt("month", zone, minute(at));
    expect(period).toEqual({ startMinute: minute(from), endMinute: minute(to) });
    expect((period.endMinute - period.startMinute) / 60).toBe(hours);
  });

  it("week begins on Monday, quarter in January, April, July and October", () => {
    expect(periodAt("week", "UTC", minute("2026-11-22T23:59Z"))).toEqual({
      startMinute: minute("2026-11-16T00:00Z"),
      endMinute: minute("2026-11-23T00:00Z"),
    });
    expect(periodAt("quarter", "UTC", minute("2026-11-22T23:59Z"))).toEqual({
      startMinute: minute("2026-10-01T00:00Z"),
      endMinute: minute("2027-01-01T00:00Z"),
    });
  });

  it("holds what happened since its start, and its budget is that of its own length", () => {
    const slo = availabilitySlo("99.9%", "window: { calendar: { unit: month, timeZone: Europe/Berlin } }");
    const start = minute("2026-02-28T23:00Z");
    const cells = [cell(start - 1, 1_000, 900), cell(start, 1_000, 1), cell(start + 1, 1_000, 1)];
    const status = evaluateSlo(slo, cells, { nowMinute: start + 1, firstMinute: start - 1 });
    expect(status.period).toMatchObject({ total: 2_000, bad: 2 });
    expect(status.budget.allowedMinutes).toBeCloseTo(743 * 60 * 0.001, 9);
    expect(status.budget.allowedEvents).toBe(743 * 60);
  });
});

describe("an exclusion", () => {
  const nightly: Exclusion = {
    reason: "backup",
    by: "anna",
    timeZone: "Europe/Berlin",
    from: "2026-03-27T02:30",
    durationMinutes: 60,
    rrule: "FREQ=DAILY;COUNT=5",
  };

  it("stays at its wall-clock time over summer time; an hour that is leapt over begins as long after the leap", () => {
    const begins = excludedRanges([nightly], minute("2026-03-01T00:00Z"), minute("2026-04-30T00:00Z")).map((range) =>
      new Date(range.fromMinute * 60_000).toISOString().slice(0, 16),
    );
    expect(begins).toEqual(["2026-03-27T01:30", "2026-03-28T01:30", "2026-03-29T01:30", "2026-03-30T00:30", "2026-03-31T00:30"]);
  });

  it.each([
    ["FREQ=WEEKLY;BYDAY=TU,TH;INTERVAL=2", ["2026-12-01", "2026-12-03", "2026-12-15", "2026-12-17", "2026-12-29", "2026-12-31"]],
    ["FREQ=MONTHLY;BYDAY=-1FR", ["2026-12-25"]],
    ["FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-12-31"]],
    ["FREQ=DAILY;UNTIL=20261203", ["2026-12-01", "2026-12-02", "2026-12-03"]],
    ["FREQ=MONTHLY", ["2026-12-01"]],
    // Weeks that begin on Sunday hold other pairs of days: the Sunday after the first Tuesday is in a week that is skipped.
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", ["2026-12-01", "2026-12-06", "2026-12-15", "2026-12-20", "2026-12-29"]],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", ["2026-12-01", "2026-12-13", "2026-12-15", "2026-12-27", "2026-12-29"]],
  ])("%s recurs as RFC 5545 says", (rrule, days) => {
    const ranges = excludedRanges(
      [{ ...nightly, timeZone: "UTC", from: "2026-12-01T02:00", rrule }],
      minute("2026-12-01T00:00Z"),
      minute("2027-01-01T00:00Z"),
    );
    expect(ranges.map((range) => new Date(range.fromMinute * 60_000).toISOString().slice(0, 10))).toEqual(days);
  });

  it("that has recurred for years is found without passing every time of it", () => {
    const conversions = vi.spyOn(Intl.DateTimeFormat.prototype, "formatToParts");
    const longAgo = { ...nightly, from: "2016-03-27T02:30", rrule: "FREQ=DAILY" };
    const ranges = excludedRanges([longAgo], minute("2026-12-01T00:00Z"), minute("2026-12-02T00:00Z"));
    expect(ranges.map((range) => new Date(range.fromMinute * 60_000).toISOString().slice(0, 16))).toEqual(["2026-12-01T01:30"]);
    expect(conversions.mock.calls.length).toBeLessThan(40);
    vi.restoreAllMocks();
  });

  it("that began before the asked time and reaches into it is among those found", () => {
    const long = { ...nightly, timeZone: "UTC", from: "2026-11-01T02:30", durationMinutes: 3 * 1_440, rrule: "FREQ=MONTHLY" };
    const ranges = excludedRanges([long], minute("2026-12-03T00:00Z"), minute("2026-12-03T01:00Z"));
    expect(ranges.map((range) => range.fromMinute)).toEqual([minute("2026-12-01T02:30Z")]);
  });

  it("that is to happen a number of times stops after them, however late one asks", () => {
    expect(excludedRanges([nightly], minute("2026-03-31T00:00Z"), minute("2026-05-01T00:00Z"))).toHaveLength(1);
    expect(excludedRanges([nightly], minute("2026-04-02T00:00Z"), minute("2026-05-01T00:00Z"))).toEqual([]);
  });

  it.each([
    "FREQ=YEARLY",
    "BYDAY=MO",
    "FREQ=DAILY;COUNT=1;UNTIL=20261231",
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=DAILY;BYSETPOS=1",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=WEEKLY;WKST=XX",
  ])("%s is refused with a reason", (rrule) => {
    expect(parseRecurrence(rrule).kind).toBe("invalid");
  });
});
