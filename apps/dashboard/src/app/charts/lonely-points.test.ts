import { expect, it } from "vitest";
import { lonelyPoints } from "./lonely-points.ts";

it.each([
  ["a reading each third step", [1, null, null, 2, null, null, 3], [0, 3, 6]],
  ["a line", [1, 2, 3], []],
  ["a line and a point beside it", [1, 2, null, 3, undefined, null], [3]],
  ["nothing", [null, null], []],
])("of %s are drawn as points: %j at %j", (_, points, expected) => {
  expect(lonelyPoints(points)).toEqual(expected);
});
