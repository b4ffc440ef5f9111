import { expect, it } from "vitest";
import { rawPart, readRange } from "./time-range.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 24);

it.each([
  [{ from: "a", to: "2" }, "from and to are epoch milliseconds"],
  [{ from: "2", to: "1" }, "from must lie before to"],
  [{ from: "1", to: "2", worker: "w".repeat(201) }, "worker holds at most 200 characters"],
])("a range that cannot be read names what is wrong with it: %j", (query, why) => {
  expect(readRange(query)).toEqual({ kind: "invalid", error: expect.stringContaining(why) as string });
});

it.each([
  ["of the last week is all of it", [7, 0], [7, 0]],
  ["of the last year is its last 90 days", [365, 0], [90, 0]],
  ["that begins before and ends within them is cut at their edge", [120, 40], [90, 40]],
  ["that ended before them is none", [365, 90], undefined],
])("the part of a range with raw points, %s", (_, [from = 0, to = 0], left) => {
  const at = (daysAgo: number): number => NOW_MS - daysAgo * DAY_MS;
  const expected = left === undefined ? undefined : { fromMs: at(left[0] ?? 0), toMs: at(left[1] ?? 0) };
  expect(rawPart({ fromMs: at(from), toMs: at(to) }, NOW_MS)).toEqual(expected);
});
