import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openClockMemory, startOfClock } from "./clock-memory.ts";

let home = "";
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "clock-"))));
afterEach(() => rmSync(home, { recursive: true }));

describe("the virtual clock of a start", () => {
  it("goes on where a faster run ended, since its minutes are decided", () => {
    openClockMemory(home).remember(5_000);
    expect(startOfClock(1_000, undefined, openClockMemory(home).latestMs())).toBe(5_000);
  });

  it("is now where earlier runs ended in the past, or there was none", () => {
    expect(startOfClock(9_000, undefined, 5_000)).toBe(9_000);
    expect(startOfClock(9_000, undefined, openClockMemory(home).latestMs())).toBe(9_000);
  });

  it("is what was asked for, whatever was before", () => {
    expect(startOfClock(9_000, 100, 50_000)).toBe(100);
  });

  it("is now where the memory is damaged", () => {
    writeFileSync(join(home, "clock.json"), "{");
    expect(openClockMemory(home).latestMs()).toBeUndefined();
  });
});
