import { describe, expect, it } from "vitest";
import { groupErrors, lifeOf } from "./error-groups.ts";
import type { ErrorAnswer } from "./error-groups.ts";

function answer(trend: ErrorAnswer["trend"], places: ErrorAnswer["places"] = []): ErrorAnswer {
  const group = { fingerprint: "f1", errorName: "TypeError", message: "x of 7", events: 3, firstSecond: 599, lastSecond: 1_007 };
  const more = { groups: 0, isLeast: false };
  return { fromMs: 0, toMs: 1_200_000, stepSeconds: 600, isCut: false, groups: [group], more, trend, places };
}

describe("an error group", () => {
  it("has its trend over all severities, and the worst of them", () => {
    const [group] = groupErrors(
      answer([
        { fingerprint: "f1", severity: "info", step: 600, events: 2 },
        { fingerprint: "f1", severity: "critical", step: 0, events: 1 },
        { fingerprint: "f2", severity: "info", step: 0, events: 9 },
      ]),
    );
    expect([group?.points, group?.severity]).toEqual([[1, 2], "critical"]);
  });

  it("is first and last seen to the second", () => {
    const [group] = groupErrors(answer([]));
    expect([group?.firstMs, group?.lastMs]).toEqual([599_000, 1_007_000]);
  });

  it("sums its events by route and version, the most frequent first", () => {
    const place = { fingerprint: "f1", workerName: "api" };
    const [group] = groupErrors(
      answer(
        [],
        [
          { ...place, endpoint: "/a", version: "v1", events: 2 },
          { ...place, endpoint: "/b", version: "v1", events: 1 },
          { ...place, endpoint: "/b", version: "v2", events: 4 },
        ],
      ),
    );
    expect([group?.endpoints, group?.versions]).toEqual([
      [
        ["/b", 5],
        ["/a", 2],
      ],
      [
        ["v2", 4],
        ["v1", 3],
      ],
    ]);
  });
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
