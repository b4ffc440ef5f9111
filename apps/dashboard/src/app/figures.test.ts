import { describe, expect, it } from "vitest";
import { axisText, errorText, figureText } from "./figures.ts";

describe("a figure", () => {
  it.each([
    [212.4, "ms", "212 ms"],
    [0.0441, "percent", "4.41 %"],
    [1, "percent", "100 %"],
    [0.9993, "percent", "99.93 %"],
    [0.9999999, "percent", "99.999 %"],
    [999.7, "ms", "1 s"],
    [119_700, "ms", "2 min"],
    [5 * 3_600_000, "ms", "5 h"],
    [999_900, "count", "1 M"],
    [2 ** 20 - 1, "bytes", "1 MB"],
    [1_250, "per-second", "1,250 /s"],
    [12_500, "per-second", "12.5 k /s"],
    [0.035, "per-second", "0.035 /s"],
    [0.000035, "per-second", "0.126 /h"],
    [0.0000459, "per-minute", "0.0661 /d"],
    [0, "per-minute", "0 /min"],
    [44.9 * 2 ** 20, "bytes", "44.9 MB"],
    [1_234_567, "count", "1.23 M"],
    [null, "count", "–"],
  ] as const)("of %s %s is written %j", (value, unit, text) => expect(figureText(value, unit)).toBe(text));

  it("keeps the panel's unit on an axis", () => expect(axisText(0.005, "per-second")).toBe("0.005 /s"));

  it.each([
    [0, ""],
    [0.004, ""],
    [0.02, "± 2.0 %"],
    [0.42, "± 42 %"],
  ])("that may be off by %s says %j", (error, text) => expect(errorText(error)).toBe(text));
});
