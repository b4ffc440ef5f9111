import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const PACKAGES = join(import.meta.dirname, "../..");
const rows = readFileSync(join(import.meta.dirname, "../TRAPS.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, number, file, title] = /^\| (\d+) +\|.*\| `([^`]+)`: (.+?) +\|$/.exec(line) ?? [];
    return number === undefined || file === undefined || title === undefined ? [] : [{ number: Number(number), file, title }];
  });

describe("every trap that peers fell into", () => {
  it("is numbered, all twenty", () => {
    expect(new Set(rows.map(({ number }) => number))).toEqual(new Set(Array.from({ length: 20 }, (_, index) => index + 1)));
  });

  it.each(rows)("$number has its test: $title", ({ file, title }) => {
    expect(readFileSync(join(PACKAGES, file), "utf8")).toContain(`"${title}"`);
  });
});
