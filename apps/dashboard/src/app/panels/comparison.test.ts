import type { PanelData, PanelSeries } from "@monotask/panels";
import { describe, expect, it } from "vitest";
import { changeText, pointsBefore, rangeBefore, sameSeries, whyNotComparable } from "./comparison.ts";

const HOUR_MS = 3_600_000;

function series(group: readonly string[], figure: number, points: readonly number[] = []): PanelSeries {
  return { group, label: undefined, unit: "count", points, figure, most: figure, relativeError: 0 };
}

function data(steps: readonly number[], all: readonly PanelSeries[]): PanelData {
  return {
    panelId: "p",
    state: "data",
    steps,
    stepSeconds: 60,
    series: all,
    histogram: undefined,
    newestStep: steps.at(-1),
    openStep: undefined,
  };
}

describe("the period before", () => {
  it("is as long as the range and ends where it begins", () => {
    const range = { id: "6h", fromMs: 10 * HOUR_MS, toMs: 16 * HOUR_MS };
    expect(rangeBefore(range)).toEqual({ id: undefined, fromMs: 4 * HOUR_MS, toMs: 10 * HOUR_MS });
  });

  it("is found by group, in whatever order the biggest came", () => {
    const before = data([0], [series(["tasks"], 9), series(["api"], 4)]);
    expect(sameSeries(series(["api"], 5), before)?.figure).toBe(4);
    expect(sameSeries(series(["new"], 5), before)).toBeUndefined();
  });

  it("is not drawn where it was read in other steps", () => {
    const own = series(["api"], 1, [7, 8]);
    const before = { ...data([0, 86_400], [own]), stepSeconds: 86_400 };
    expect(pointsBefore(data([180, 240], []), before, own, 180_000)).toEqual([null, null]);
  });

  it.each([
    ["points", "points", true, true],
    ["points", "daily-aggregates", false, true],
    ["points", "daily-aggregates", true, false],
  ] as const)("as %s beside %s, narrowed: %s, can be compared: %s", (now, before, isNarrowed, can) => {
    expect(whyNotComparable(now, before, isNarrowed) === undefined).toBe(can);
  });

  it("is drawn at the steps of this one, with gaps where it has none", () => {
    const own = series(["api"], 1, [7, 8, 9]);
    const before = data([0, 60, 120], [own]);
    expect(pointsBefore(data([180, 240, 300, 360], []), before, own, 180_000)).toEqual([7, 8, 9, null]);
  });
});

describe("a change", () => {
  it.each([
    [110, 100, "count", "+10 %"],
    [50, 100, "ms", "−50 %"],
    [100, 100, "ms", "the same"],
    [3, 0, "count", "from 0"],
    [0, 0, "count", "the same"],
    [500, 100, "count", "+400 %"],
    [0.999, 0.9975, "percent", "+0.15 points"],
    [0.01, 0.05, "percent", "−4 points"],
  ] as const)("of %d after %d %s is %j", (now, before, unit, text) => expect(changeText(now, before, unit)).toBe(text));

  it("is not said where one of both was not measured", () => {
    expect(changeText(null, 1, "count")).toBeUndefined();
    expect(changeText(1, null, "count")).toBeUndefined();
    expect(changeText(1, undefined, "count")).toBeUndefined();
  });
});
