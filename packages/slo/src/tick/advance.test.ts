import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Player, rollUp, unpackMemory } from "../index.ts";
import type { BurnWindow, Slice, Slo, TickMeasurement } from "../index.ts";
import { packCells } from "../index.ts";
import { availabilitySlo, cell, sloOf, START } from "../test/fixtures.ts";

const monthly: Slo = availabilitySlo("99.9%");
const hourly: Slo = { ...availabilitySlo("97%", "window: 1h"), name: "hourly" };
const calendar: Slo = {
  ...availabilitySlo("99%", "window: { calendar: { unit: week, timeZone: Europe/Berlin } }"),
  name: "weekly",
};
const slos = [monthly, hourly, calendar];

function slicesOf(minute: number, total: number, bad: number): Slice[] {
  return slos.map((slo) => ({ ...cell(minute, total, bad), sloName: slo.name }));
}

function sumsOf({ fromMinute, toMinute, good, total, measuredMinutes }: BurnWindow): readonly number[] {
  return [fromMinute, toMinute, good, total, measuredMinutes];
}

interface Step {
  readonly gap: number;
  readonly late: number;
  readonly total: number;
  readonly bad: number;
}

const steps = fc.array(
  fc.record({
    gap: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 500 }) }),
    late: fc.nat(6),
    total: fc.nat(1_000),
    bad: fc.nat(40),
  }),
  { minLength: 5, maxLength: 60 },
);

/** The measurements of an evaluator that measures three minutes again, catches up 360 and now and then sees late rows. */
function measurements(plays: readonly Step[]): TickMeasurement[] {
  let now = START;
  const world = new Map<number, readonly [number, number]>();
  return plays.map((step, index) => {
    const decided = now;
    now += step.gap;
    for (let minute = decided + 1; minute <= now; minute += 1)
      if ((minute * 7) % 11 !== 0) world.set(minute, [step.total + (minute % 5), Math.min(step.bad, step.total)]);
    if (step.late > 3) world.set(decided - 1, [step.total + 7, Math.min(step.bad, step.total)]);
    const fromMinute = Math.max(now - 359, decided - 2);
    const slices: Slice[] = [];
    for (let minute = fromMinute; minute <= now; minute += 1) {
      const counts = world.get(minute);
      if (counts !== undefined) slices.push(...slicesOf(minute, counts[0], counts[1]));
    }
    return { revision: index, fromMinute, toMinute: now + 1, slices, versions: [] };
  });
}

describe("a tick that moves sums on", () => {
  it("decides what a tick that sums everything anew decides, over gaps, late rows and closed tiers", () => {
    const law = fc.property(steps, (plays) => {
      const [rolling, anew] = [new Player(slos), new Player(slos)];
      for (const measurement of measurements(plays)) {
        const quick = rolling.tick(measurement);
        const forgotten = anew.memory && { minute: anew.memory.minute, slos: [], versions: [] };
        const slow = anew.tick(measurement, forgotten);
        expect(quick.statuses.map(({ windows }) => windows.map(sumsOf))).toEqual(
          slow.statuses.map(({ windows }) => windows.map(sumsOf)),
        );
        expect(quick.rows).toEqual(slow.rows);
      }
      expect(rolling.rows()).toEqual(anew.rows());
    });
    fc.assert(law, { numRuns: 40, seed: 20_261_124 });
  });

  it("gives the same bits when it runs again on the same memory, rows and measurement", () => {
    const [once, twice] = [new Player(slos), new Player(slos)];
    const [first, second] = measurements([
      { gap: 1, late: 0, total: 100, bad: 9 },
      { gap: 5, late: 5, total: 100, bad: 9 },
    ]);
    if (first === undefined || second === undefined) throw new Error("two measurements expected");
    once.tick(first);
    twice.tick(first);
    const memory = twice.memory;
    const expected = JSON.stringify(once.tick(second));
    expect(JSON.stringify(twice.tick(second))).toBe(expected);
    // The rows are those of the first run already: nothing is left to write, everything else is the same.
    const again = twice.tick(second, memory);
    expect(JSON.stringify({ ...again, rows: [] })).toBe(JSON.stringify({ ...once.tick(second, memory), rows: [] }));
  });

  it("writes a row only when it changed: one for the new minute, one more when a five-minute cell closes", () => {
    const shelf = new Player(slos);
    const written = measurements(Array.from({ length: 12 }, () => ({ gap: 1, late: 0, total: 10, bad: 0 }))).map((measurement) =>
      shelf.tick(measurement).rows.map((row) => row.spanMinutes),
    );
    const spans = written.slice(2).flat();
    expect(spans.filter((span) => span === 1).length).toBeLessThanOrEqual(10);
    expect(spans.filter((span) => span === 5)).toHaveLength(2);
  });

  it("survives a memory that cannot be read: it is made anew from the slices", () => {
    expect(unpackMemory("[0]")).toBeUndefined();
    expect(unpackMemory("{")).toBeUndefined();
  });
});

describe("rows", () => {
  it("of a day are the sums of its hours", () => {
    const midnight = START - (START % 1_440);
    const hours = Array.from({ length: 24 }, (_, hour) => ({
      ...cell(midnight + hour * 60, 60, 1),
      spanMinutes: 60,
      sloName: "api",
    }));
    const [day] = rollUp(hours, 1_440);
    expect(day).toMatchObject({ spanMinutes: 1_440, total: 24 * 60, good: 24 * 59 });
    expect(packCells(day === undefined ? [] : [day])).toContain("api:");
  });

  it("are made of a spec with time slices too", () => {
    const slices = sloOf([
      "indicator: { kind: request, good: availability }",
      'target: "99%"',
      "method: timeslices",
      'timeslice: { target: "95%" }',
    ]);
    expect(slices.method).toMatchObject({ kind: "timeslices", sliceMinutes: 1 });
  });
});
