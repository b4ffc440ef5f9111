import { describe, expect, it } from "vitest";
import { deploysOf, liveVersions, versionsOf, versionText } from "./deploys.ts";
import type { VersionAnswer } from "./deploys.ts";

const [OLD, NEW] = ["aaaaaaaa-0000-4000-8000-000000000000", "bbbbbbbb-0000-4000-8000-000000000000"];
const MINUTES = 10;

/** Minutes 0 to 9, with the versions that answered in each. */
function answers(versionsAt: (minute: number) => readonly string[]): VersionAnswer {
  const rows = Array.from({ length: MINUTES }, (_, minute) =>
    versionsAt(minute).map((version) => ({ workerName: "api", version, step: minute * 60, events: 3 })),
  ).flat();
  return { stepSeconds: 60, rows };
}

const live = (answer: VersionAnswer, nowMs = MINUTES * 60_000): readonly string[] => liveVersions(answer, nowMs).get("api") ?? [];

describe("live versions", () => {
  it("are two while a deploy is gradual", () =>
    expect(live(answers((minute) => (minute < 5 ? [OLD] : [OLD, NEW])))).toEqual([OLD, NEW]));

  it("are one after a whole deploy, the moment the old one is silent", () => {
    expect(live(answers((minute) => (minute < 8 ? [OLD] : minute === 8 ? [OLD, NEW] : [NEW])))).toEqual([NEW]);
  });

  it("are not told from a minute that is not over", () => {
    expect(
      live(
        answers((minute) => (minute < 9 ? [OLD, NEW] : [NEW])),
        9.5 * 60_000,
      ),
    ).toEqual([OLD, NEW]);
  });

  it("without an id to roll back to are not offered", () => expect(live(answers(() => ["local", NEW]))).toEqual([NEW]));
});

it("versions to choose from are listed by when they began", () => {
  expect(versionsOf(answers((minute) => (minute < 4 ? [OLD] : [OLD, NEW, ""])))).toEqual([NEW, OLD]);
});

describe("a deploy", () => {
  it("is the first step of a version that was not there from the beginning", () => {
    const deploys = deploysOf(
      answers((minute) => (minute < 4 ? [OLD] : [NEW])),
      0,
    );
    expect(deploys).toEqual([{ atMs: 240_000, worker: "api", version: NEW }]);
  });

  it("of a year ago is where its version began, and one of today beside it", () => {
    const [yearAgoMs, todayMs] = [Date.UTC(2025, 10, 24, 9, 30, 12), Date.UTC(2026, 10, 24, 8)];
    const answer: VersionAnswer = {
      stepSeconds: 600,
      // The newest kept version still answers today, beside one that no kept day knows.
      rows: ["2026-11-a", "2026-11-b"].map((version) => ({ workerName: "api", version, step: todayMs / 1_000, events: 1 })),
      kept: [
        { worker: "api", version: "2025-10", firstMs: Date.UTC(2025, 9, 1) },
        { worker: "api", version: "2025-11", firstMs: yearAgoMs },
        { worker: "api", version: "2026-11-a", firstMs: Date.UTC(2026, 10, 23) },
        { worker: "jobs", version: "1", firstMs: yearAgoMs },
      ],
    };
    expect(deploysOf(answer, Date.UTC(2025, 10, 20))).toEqual([
      { atMs: yearAgoMs, worker: "api", version: "2025-11" },
      { atMs: Date.UTC(2026, 10, 23), worker: "api", version: "2026-11-a" },
      { atMs: todayMs, worker: "api", version: "2026-11-b" },
    ]);
  });

  it("shows its version in short", () => expect([versionText(OLD), versionText("v1.2.3")]).toEqual(["aaaaaaaa", "v1.2.3"]));
});
