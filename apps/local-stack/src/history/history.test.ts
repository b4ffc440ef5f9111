import { describe, expect, it } from "vitest";
import { seededRandom } from "@monotask/analytics-engine-local";
import { historyPoints, SYNTHETIC } from "./points.ts";
import { momentAt } from "./story.ts";

const END_MS = Date.UTC(2026, 10, 24, 12);
const DAY_MS = 86_400_000;
const points = [...historyPoints(END_MS, seededRandom(1), 1)];

describe("the invented month", () => {
  it("is marked as invented in every point", () => {
    expect(new Set(points.map(({ blobs }) => blobs[0]))).toEqual(new Set([SYNTHETIC]));
  });

  it("reaches from 30 days ago to its end, and not beyond", () => {
    const times = points.map(({ timestamp }) => timestamp);
    expect(Math.max(...times.slice(-500))).toBeLessThan(END_MS);
    expect(times[0]).toBeLessThanOrEqual(END_MS - 30 * DAY_MS + 900_000);
  });

  it("has points of every kind that the dashboard reads", () => {
    const kinds = ["request", "error", "queue", "sandbox", "external", "invocation", "gauge"];
    expect(new Set(points.map(({ blobs }) => blobs[5]))).toEqual(new Set(kinds));
  });

  it("is the same for the same seed", () => {
    const again = historyPoints(END_MS, seededRandom(1), 1);
    expect([again.next().value, again.next().value]).toEqual(points.slice(0, 2));
  });

  it("tells of one bad deploy, six days ago, and of nothing else that bad", () => {
    expect(momentAt(END_MS - 6 * DAY_MS, 6 * DAY_MS).failing).toBeGreaterThan(0.2);
    expect(momentAt(END_MS - 3 * DAY_MS, 3 * DAY_MS).failing).toBeLessThan(0.001);
  });
});
