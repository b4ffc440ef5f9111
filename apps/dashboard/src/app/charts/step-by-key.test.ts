import { describe, expect, it } from "vitest";
import { stepByKey } from "./step-by-key.ts";

describe("a key on a chart", () => {
  it.each([
    ["ArrowLeft", 3, 2],
    ["ArrowRight", 3, 4],
    ["Home", 3, 0],
    ["End", 3, 9],
  ])("%s leads from step %i of ten to step %i", (key, at, to) => {
    expect(stepByKey(key, at, 10)).toBe(to);
  });

  it("does not lead past either end", () => {
    expect([stepByKey("ArrowLeft", 0, 10), stepByKey("ArrowRight", 9, 10)]).toEqual([0, 9]);
  });

  it("begins at the newest step to the left, at the oldest to the right", () => {
    expect([stepByKey("ArrowLeft", undefined, 10), stepByKey("ArrowRight", undefined, 10)]).toEqual([9, 0]);
  });

  it("is left to the page where it leads nowhere", () => {
    expect([stepByKey("Tab", 3, 10), stepByKey("a", 3, 10), stepByKey("ArrowLeft", undefined, 0)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
