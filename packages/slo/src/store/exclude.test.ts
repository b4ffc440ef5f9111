import { describe, expect, it } from "vitest";
import { excludeFromCell, lateExclusions } from "../index.ts";
import type { Exclusion, Slice } from "../index.ts";
import { availabilitySlo, cell, START } from "../test/fixtures.ts";

const slo = availabilitySlo("99.9%");
const hour: Slice = { ...cell(START, 600, 60), spanMinutes: 60, sloName: slo.name };

function exclusion(fromMinute: number, durationMinutes: number, reason = "move"): Exclusion {
  const from = new Date(fromMinute * 60_000).toISOString().slice(0, 16);
  return { reason, by: "anna", timeZone: "UTC", from, durationMinutes, rrule: undefined };
}

const late = (now: Exclusion[], before: Exclusion[] = []): ReturnType<typeof lateExclusions> =>
  lateExclusions(before, now, START - 1_440, START + 1_440);

describe("an exclusion that is added later", () => {
  it("leaves the events of its time out of what is stored, which stays measured", () => {
    expect(excludeFromCell(slo, hour, late([exclusion(START, 60)]))).toMatchObject({ total: 0, good: 0, measuredMinutes: 60 });
  });

  it("takes its share of a coarser cell", () => {
    expect(excludeFromCell(slo, hour, late([exclusion(START + 45, 30)]))).toMatchObject({ total: 450, good: 405 });
  });

  it("leaves everything else as it is, and takes nothing twice", () => {
    expect(excludeFromCell(slo, hour, late([exclusion(START + 60, 60)]))).toBe(hour);
    const known = exclusion(START, 30);
    expect(excludeFromCell(slo, hour, late([known], [known]))).toBe(hour);
    // What is left in the hour happened in its second half.
    expect(excludeFromCell(slo, hour, late([known, exclusion(START + 30, 15)], [known]))).toMatchObject({ total: 300 });
    expect(excludeFromCell(slo, hour, late([known, exclusion(START, 60, "longer")], [known]))).toMatchObject({ total: 0 });
  });

  it("takes nothing twice where it left the file and came back, and takes what was measured meanwhile", () => {
    const back = exclusion(START, 60);
    const left = { ...back, leftMinute: START + 40 };
    const again = lateExclusions([left], [back], START - 1_440, START + 1_440);
    const five = (minute: number): Slice => ({ ...cell(minute, 50, 5), spanMinutes: 5, sloName: slo.name });
    expect(excludeFromCell(slo, five(START + 20), again)).toMatchObject({ total: 50 });
    expect(excludeFromCell(slo, five(START + 45), again)).toMatchObject({ total: 0 });
  });

  it("makes time slices good", () => {
    const slices = availabilitySlo("99%", "method: timeslices", 'timeslice: { target: "95%" }');
    const bad: Slice = { ...cell(START, 60, 20), spanMinutes: 60, sloName: slices.name };
    expect(excludeFromCell(slices, bad, late([exclusion(START, 60)]))).toMatchObject({ total: 60, good: 60 });
    expect(excludeFromCell(slices, bad, late([exclusion(START, 30)]))).toMatchObject({ total: 60, good: 50 });
  });
});
