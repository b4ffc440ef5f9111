import { describe, expect, it } from "vitest";
import { doneTogether } from "./together.ts";

/** Doubles numbers; a batch with a negative one cannot be done. */
function doubling(): { double: (n: number) => Promise<number>; batches: (readonly number[])[] } {
  const batches: (readonly number[])[] = [];
  const double = doneTogether((numbers: readonly number[]) => {
    if (numbers.some((n) => n < 0)) throw new RangeError("negative");
    batches.push(numbers);
    return numbers.map((n) => 2 * n);
  });
  return { double, batches };
}

describe("what arrives together", () => {
  it("is done in one go and in order, and each gets its own answer", async () => {
    const { double, batches } = doubling();
    expect(await Promise.all([3, 1, 2].map(double))).toEqual([6, 2, 4]);
    expect(await double(5)).toBe(10);
    expect(batches).toEqual([[3, 1, 2], [5]]);
  });

  it("is done one by one when it cannot be done together: only what is wrong fails", async () => {
    const { double, batches } = doubling();
    const answers = await Promise.allSettled([1, -1, 2].map(double));
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(batches).toEqual([[1], [2]]);
  });
});
