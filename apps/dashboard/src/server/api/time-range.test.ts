import { expect, it } from "vitest";
import { rawPart } from "./time-range.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 24);

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
