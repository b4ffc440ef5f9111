import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alertsAt,
  forgottenMemory,
  layoutOf,
  packMemory,
  Player,
  rollUp,
  statusAt,
  tickMeasurement,
  unpackMemory,
} from "../index.ts";
import type { Advanced, BurnWindow, Slice, Slo, TickMeasurement } from "../index.ts";
import { packCells } from "../index.ts";
import { availabilitySlo, cell, sloOf, START } from "../test/fixtures.ts";

const monthly: Slo = availabilitySlo("99.9%");
const hourly: Slo = { ...availabilitySlo("97%", "window: 1h"), name: "hourly" };
const calendar: Slo = {
  ...availabilitySlo("99%", "window: { calendar: { unit: week, timeZone: Europe/Berlin } }"),
  name: "weekly",
};
const slos = [monthly, hourly, calendar];
/** A month whose ticket looks at a week comes before a week of its own: windows of one length, budgets of two. */
const ofTwoPeriods: readonly Slo[] = [
  {
    ...availabilitySlo("99.9%", "alerting: [{ severity: ticket, long: 7d, short: 12h, factor: 2 }]"),
    name: "month-with-week",
  },
  { ...availabilitySlo("99.9%", "window: 7d"), name: "week" },
];
/** Low budgets, guards and counts beyond 2^53 in products, so that every branch of the judgement is taken. */
const judged: readonly Slo[] = [
  ...slos,
  { ...availabilitySlo("99.99%", "lowTraffic: { falsePagesPerYear: 1 }"), name: "guarded" },
  { ...availabilitySlo("99.99999%"), name: "huge" },
  { ...availabilitySlo("99.5%", "noData: { after: 2m, alert: page }", "budgetAlerts: off"), name: "silent" },
  ...ofTwoPeriods,
];

function slicesAt(minute: number, total: number, bad: number): Slice[] {
  const scale = (name: string): number => (name === "huge" ? 2 ** 31 + 1 : 1);
  return judged.map(({ name }) => ({ ...cell(minute, total * scale(name), bad * scale(name)), sloName: name }));
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
      if (counts !== undefined) slices.push(...slicesAt(minute, counts[0], counts[1]));
    }
    return tickMeasurement({ revision: index, fromMinute, toMinute: now + 1, slices });
  });
}

describe("a tick that moves sums on", () => {
  it("decides what a tick that sums everything anew decides, over gaps, late rows and closed tiers", () => {
    const law = fc.property(steps, (plays) => {
      const [rolling, anew] = [new Player(slos), new Player(slos)];
      for (const measurement of measurements(plays)) {
        const quick = rolling.tick(measurement);
        const forgotten = anew.memory && forgottenMemory(slos, anew.memory.minute);
        const slow = anew.tick(measurement, forgotten);
        expect(quick.statuses().map(({ windows }) => windows.map(sumsOf))).toEqual(
          slow.statuses().map(({ windows }) => windows.map(sumsOf)),
        );
        expect(quick.rows).toEqual(slow.rows);
      }
      expect(rolling.rows()).toEqual(anew.rows());
    });
    fc.assert(law, { numRuns: 40, seed: 20_261_124 });
  });

  it("judges in flat arrays what the judgement of each SLO by itself says, and tells of all that fires or has just ended", () => {
    const law = fc.property(steps, (plays) => {
      const player = new Player(judged);
      let firedBefore = new Set<string>();
      for (const measurement of measurements(plays)) {
        const { statuses, memory, told } = player.tick(measurement);
        const alerts = statuses().map(({ alerts: all }) =>
          all.map(({ rule, isFiring, sinceMinute }) => ({ rule, isFiring, sinceMinute })),
        );
        expect(judged.map((_, index) => alertsAt(layoutOf(judged), memory.board, index))).toEqual(alerts);
        const firing = new Set(
          judged.flatMap(({ name }, index) => (alerts[index]?.some(({ isFiring }) => isFiring) ? [name] : [])),
        );
        expect(new Set(told.map(({ name }) => name))).toEqual(new Set([...firing, ...firedBefore]));
        firedBefore = firing;
      }
    });
    fc.assert(law, { numRuns: 30, seed: 20_261_125 });
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
    const bits = ({ statuses, ...rest }: Advanced, rows = rest.rows): string =>
      JSON.stringify({ ...rest, rows, statuses: statuses() });
    const expected = bits(once.tick(second));
    expect(bits(twice.tick(second))).toBe(expected);
    // The rows are those of the first run already: nothing is left to write, everything else is the same.
    const again = twice.tick(second, memory);
    expect(bits(again, [])).toBe(bits(once.tick(second, memory), []));
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

  it("keeps the sums and alerts of what stays when the list of SLOs changes, and says whether anything is new", () => {
    const player = new Player(judged);
    for (const measurement of measurements(Array.from({ length: 9 }, () => ({ gap: 1, late: 0, total: 100, bad: 40 }))))
      player.tick(measurement);
    const { memory } = player;
    if (memory === undefined) throw new Error("a memory expected");
    const text = packMemory(judged, memory);
    const shorter = judged.filter(({ name }) => name !== "hourly").toReversed();
    const read = unpackMemory(shorter, text);
    expect(read?.isWhole).toBe(true);
    for (const [index, { name }] of shorter.entries()) {
      const before = judged.findIndex((slo) => slo.name === name);
      const status = statusAt(layoutOf(shorter), read?.board ?? memory.board, index, []);
      expect(status?.windows).toEqual(statusAt(layoutOf(judged), memory.board, before, [])?.windows);
      expect(alertsAt(layoutOf(shorter), read?.board ?? memory.board, index)).toEqual(
        alertsAt(layoutOf(judged), memory.board, before),
      );
    }
    expect(unpackMemory([...shorter, { ...monthly, name: "new" }], text)?.isWhole).toBe(false);
    // Another period begins anew: the sums of a week are not those of a month.
    const monthOf = availabilitySlo("99%", "window: { calendar: { unit: month, timeZone: Europe/Berlin } }");
    expect(unpackMemory([{ ...monthOf, name: "weekly" }], text)?.isWhole).toBe(false);
  });

  it("survives a memory that cannot be read: it is made anew from the slices", () => {
    for (const text of ["[0]", "{", "null", '{"format":1}']) expect(unpackMemory(slos, text)).toBeUndefined();
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
