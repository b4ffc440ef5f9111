import { expect, it } from "vitest";
import { progressOf } from "./progress.ts";

function shownTo({ isTty }: { isTty: boolean }): string[] {
  const said: string[] = [];
  const progress = progressOf({ isTty, err: (text) => said.push(text) }, "Reading");
  for (const share of [0, 0.5, 0.5, 1]) progress(share);
  return said;
}

it("a person sees one line that fills and goes away", () => {
  expect(shownTo({ isTty: true })).toEqual([
    `Reading [${" ".repeat(30)}] 0 %`,
    `\u001b[1A\u001b[2KReading [${"=".repeat(15)}${" ".repeat(15)}] 50 %`,
    "\u001b[1A\u001b[2K\u001b[1A",
  ]);
});

it("a second bar does not draw over what was printed after the first", () => {
  const said: string[] = [];
  const progress = progressOf({ isTty: true, err: (text) => said.push(text) });
  for (const share of [0.5, 1]) progress(share);
  said.push("3,600 requests read");
  progress(0.5);
  expect(said.at(-1)).toBe(`[${"=".repeat(15)}${" ".repeat(15)}] 50 %`);
});

it("a log sees nothing of it", () => {
  expect(shownTo({ isTty: false })).toEqual([]);
});
