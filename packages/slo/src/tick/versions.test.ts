import { describe, expect, it } from "vitest";
import { keepVersions, versionStatuses, worseVersions } from "../index.ts";
import type { VersionCount, VersionHistory } from "../index.ts";
import { START } from "../test/fixtures.ts";

function counted(version: string, minute: number, total: number, bad: number, weight = 1): VersionCount {
  return { worker: "api", environment: "production", version, minute, total, bad, varBad: bad * (weight - 1) };
}

/** Minutes of traffic, tick by tick: 1,000 requests a minute, of which a share reaches the new version from `START` on. */
function rollout(share: number, oldRate: number, newRate: number, minutes = 20, weight = 1): VersionHistory[] {
  let history: VersionHistory[] = [];
  for (let minute = START - 30; minute < START + minutes; minute += 1) {
    const total = minute < START ? 0 : 1_000 * share;
    const count = (version: string, requests: number, rate: number): VersionCount[] =>
      requests === 0 ? [] : [counted(version, minute, requests, Math.round(requests * rate), weight)];
    history = keepVersions(history, [...count("v1", 1_000 - total, oldRate), ...count("v2", total, newRate)], minute - 1, minute);
  }
  return history;
}

describe("a new version beside the old one", () => {
  it("is named when it fails, though it has 5 % of the requests and the service as a whole hardly moves", () => {
    const worse = worseVersions(rollout(0.05, 0.001, 0.1));
    expect(worse).toMatchObject([{ worker: "api", newer: { version: "v2", total: 1_000, bad: 100 }, older: { version: "v1" } }]);
    expect(worse[0]?.times).toBeGreaterThan(90);
  });

  it.each([
    ["as good", 0.05, 0.02, 0.02],
    ["worse, but not twice as bad", 0.5, 0.02, 0.03],
    ["better", 0.5, 0.1, 0.01],
  ])("is not named when it is %s", (_, share, oldRate, newRate) => {
    expect(worseVersions(rollout(share, oldRate, newRate))).toEqual([]);
  });

  it("is not judged on a handful of requests", () => {
    expect(worseVersions(rollout(0.002, 0.001, 1, 20))).toEqual([]);
  });

  it("is judged by the failures that were seen, not by what they stand for", () => {
    // 40 failures in 1,000 requests against 1 in 100: 40 points, or four that stand for ten each.
    expect(worseVersions(rollout(0.05, 0.01, 0.04, 20))).toHaveLength(1);
    expect(worseVersions(rollout(0.05, 0.01, 0.04, 20, 10))).toEqual([]);
  });

  it("is not compared with another worker, or another environment of the same one", () => {
    const [v1, v2] = rollout(0.5, 0.001, 0.1);
    if (v1 === undefined || v2 === undefined) throw new Error("two versions expected");
    const [, environment, version, counts] = v2;
    expect(worseVersions([v1, ["web", environment, version, counts]])).toEqual([]);
    expect(worseVersions([v1, ["api", "staging", version, counts]])).toEqual([]);
    expect(worseVersions([v1, v2])).toHaveLength(1);
  });
});

describe("the history of versions", () => {
  it("holds the last hour by quarters, and counts no minute twice", () => {
    let history: VersionHistory[] = [];
    for (let minute = START; minute < START + 120; minute += 1) {
      const measured = [minute - 1, minute].map((at): VersionCount => {
        return counted("v1", at, 10, 1);
      });
      history = keepVersions(history, measured, minute - 1, minute);
    }
    const [status] = versionStatuses(history);
    expect(history[0]?.[3].length).toBeLessThanOrEqual(5 * 4);
    expect(status?.total).toBeGreaterThanOrEqual(450);
    expect(status?.total).toBeLessThanOrEqual(600);
    expect(status?.bad).toBe((status?.total ?? 0) / 10);
  });
});
