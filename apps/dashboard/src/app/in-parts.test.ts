import { expect, it } from "vitest";
import { inParts } from "./in-parts.ts";

it.each([
  [[], []],
  [[1, 2], [[1, 2]]],
  [
    [1, 2, 3, 4, 5],
    [[1, 2], [3, 4], [5]],
  ],
])("%j is sent in parts of two", (all, parts) => expect(inParts(all, 2)).toEqual(parts));
