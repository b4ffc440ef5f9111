import { describe, expect, it } from "vitest";
import { hasStopped } from "./has-stopped.ts";

const steps = Array.from({ length: 60 }, (_, at) => at * 60);

describe("data", () => {
  it.each([
    ["has stopped when a live range lacks its last minutes", 3_300, 3_590, true],
    ["goes on when the newest minute is on its way", 3_480, 3_590, false],
    ["goes on in a range of last week that is full to its end", 3_540, 700_000, false],
    ["has stopped in a range of last week that ends empty", 1_200, 700_000, true],
    ["of a range that never had any has not stopped", undefined, 3_590, false],
  ])("%s", (_, newestStep, nowSeconds, expected) => {
    expect(hasStopped({ newestStep, steps, stepSeconds: 60 }, nowSeconds * 1_000)).toBe(expected);
  });
});
