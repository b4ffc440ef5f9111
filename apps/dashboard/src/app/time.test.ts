import { describe, expect, it } from "vitest";
import { inputText, momentOfInput, rangeOf, timeText, utcText } from "./time.ts";

const NOW_MS = new Date(2026, 10, 25, 0, 10).getTime();

describe("a range of the address", () => {
  const of = (query: Record<string, string>): ReturnType<typeof rangeOf> => rangeOf({ path: "/", query }, NOW_MS);

  it("is the fixed stretch that it names", () => {
    expect(of({ from: "1000", to: "61000" })).toEqual({ id: undefined, fromMs: 1_000, toMs: 61_000 });
  });

  it.each([
    ["a", "b"],
    ["1e300", "1e301"],
    ["8640000000000001", "8640000000000002"],
    ["-5", "10"],
    ["", "10"],
    ["5", ""],
    ["10", "5"],
    ["Infinity", "Infinity"],
  ])("from %j to %j is none: the last day is shown", (from, to) => {
    const range = of({ from, to });
    expect(range).toEqual({ id: "24h", fromMs: NOW_MS - 86_400_000, toMs: NOW_MS });
    expect(utcText(range.toMs)).toContain("UTC");
  });
});

describe("a moment", () => {
  it("of an input is the one that was put there, to the minute", () => {
    expect(momentOfInput(inputText(NOW_MS + 7_000))).toBe(NOW_MS);
  });

  it.each(["", "soon", "2026-13-45T00:00"])("of an input with %j is none", (text) => {
    expect(momentOfInput(text)).toBeUndefined();
  });

  it("of today is a time", () => expect(timeText(NOW_MS - 300_000, NOW_MS)).toMatch(/^00:05$/));

  it("of the evening before says its day, however near it is", () => {
    expect(timeText(NOW_MS - 1_200_000, NOW_MS)).toMatch(/24.*23:50/);
  });

  it("of another year says its year", () => expect(timeText(new Date(2025, 10, 25).getTime(), NOW_MS)).toContain("2025"));
});
