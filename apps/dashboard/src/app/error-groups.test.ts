import { describe, expect, it } from "vitest";
import { groupErrors, lifeOf } from "./error-groups.ts";

it("a group is first and last seen to the second, over all its steps", () => {
  const row = { fingerprint: "f1", errorName: "TypeError", severity: "critical" };
  const [group] = groupErrors({
    fromMs: 0,
    toMs: 1_200_000,
    stepSeconds: 600,
    trend: [
      { ...row, step: 600, events: 2, firstSecond: 601, lastSecond: 1_007 },
      { ...row, step: 0, events: 1, firstSecond: 599, lastSecond: 599 },
    ],
    places: [],
  });
  expect([group?.firstMs, group?.lastMs, group?.points]).toEqual([599_000, 1_007_000, [1, 2]]);
});

describe("a bug's life", () => {
  it("goes from its first occurrence in any version to its newest", () => {
    const life = lifeOf([
      { version: "v2", firstSecond: 300, lastSecond: 900, events: 4 },
      { version: "v1", firstSecond: 100, lastSecond: 310, events: 2 },
    ]);
    expect(life).toEqual({ firstMs: 100_000, lastMs: 900_000, firstVersion: "v1", lastVersion: "v2", events: 6 });
  });

  it("is not known without a point", () => expect(lifeOf([])).toBeUndefined());
});
