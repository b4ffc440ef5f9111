import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allRules,
  decideBoard,
  emptyBoard,
  emptyWindow,
  evaluateSlo,
  layoutOf,
  leavingRange,
  replaceCell,
  rollUp,
  rollWindow,
  setWindow,
  startOfLength,
  sumFrom,
  sumWindows,
  tierOf,
  windowLengths,
} from "../index.ts";
import type { Cell, Layout, Ratio, RuleVerdict, Slo, SloAlertId } from "../index.ts";
import { availabilitySlo, cell, sloOf, START } from "../test/fixtures.ts";

const SEED = 20_261_123;
/** Many runs on a busy machine. */
const LONG_MS = 120_000;

const slos: readonly Slo[] = [
  availabilitySlo("99.9%"),
  availabilitySlo("99.99999%", "window: 7d"),
  availabilitySlo("97%", "window: 1h"),
  sloOf([
    "indicator: { kind: request }",
    "percentile: { p95: 200ms }",
    "alerting: [{ severity: page, long: 10m, short: 3m, factor: 3.7 }]",
  ]),
  availabilitySlo(
    "99%",
    "alerting: [{ severity: page, long: 6m, short: 2m, factor: 14.4 }, { severity: ticket, long: 30m, short: 5m, factor: 1 }]",
  ),
  // Odd factors, so that large products have too many bits for a float.
  availabilitySlo("98.3%", "alerting: [{ severity: page, long: 7m, short: 3m, factor: 13.7 }]"),
];

const guarded = [
  availabilitySlo("99.9%", "lowTraffic: { falsePagesPerYear: 1 }"),
  availabilitySlo("97%", "window: 1h", "lowTraffic: { falsePagesPerYear: 0.5 }"),
  availabilitySlo(
    "98.3%",
    "lowTraffic: { falsePagesPerYear: 12 }",
    "alerting: [{ severity: page, long: 7m, short: 3m, factor: 13.7 }]",
  ),
];

const anySlo = fc.constantFrom(...slos);

/** Counts up to 2^40, so that products leave 2^53; small ones and zeros often. */
const counts = fc
  .oneof(fc.nat(5), fc.nat(1_000), fc.nat(1_000_000), fc.integer({ min: 0, max: 2 ** 40 }))
  .chain((total) => fc.tuple(fc.constant(total), fc.oneof(fc.nat({ max: Math.min(total, 3) }), fc.nat({ max: total }))));

const gaps = fc.array(fc.option(counts, { nil: undefined, freq: 4 }), { minLength: 1, maxLength: 80 });

function cellsOf(minutes: readonly (readonly [number, number] | undefined)[]): Cell[] {
  return minutes.flatMap((pair, index) => (pair === undefined ? [] : [cell(START + index, pair[0], pair[1])]));
}

describe("decisions", () => {
  it(
    "equal a slow reference in BigInt fractions",
    () => {
      const law = fc.property(anySlo, gaps, fc.nat(90), (slo, minutes, firstOffset) => {
        const cells = cellsOf(minutes);
        const moment = { nowMinute: START + minutes.length - 1, firstMinute: START - 5 + Math.min(firstOffset, minutes.length) };
        const { rules, alerts } = evaluateSlo(slo, cells, moment);
        expect(rules.map((status) => status.verdict)).toEqual(slowVerdicts(slo, cells, moment));
        expect(firingOnBoard(slo, cells, moment)).toEqual(alerts.filter(({ isFiring }) => isFiring).map(({ rule }) => rule));
      });
      fc.assert(law, { numRuns: 10_000, seed: SEED });
    },
    LONG_MS,
  );

  it("equal the reference at exactly the threshold and one failure to either side", () => {
    const law = fc.property(
      anySlo,
      fc.nat(3),
      fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 3 * 10 ** 12 })),
      fc.integer({ min: -1, max: 1 }),
      (slo, which, scale, off) => {
        const rule = slo.rules[which % slo.rules.length];
        if (rule === undefined) return;
        // The same counts in each minute, with bad/total = factor · budget.
        const total = rule.factor.den * slo.target.den * scale;
        const bad = rule.factor.num * (slo.target.den - slo.target.num) * scale + off;
        fc.pre(Number.isSafeInteger(total * rule.longMinutes) && bad <= total && rule.longMinutes <= 360);
        const cells = Array.from({ length: rule.longMinutes }, (_, index) => cell(START + index, total, bad));
        const moment = { nowMinute: START + rule.longMinutes - 1, firstMinute: START };
        const status = evaluateSlo(slo, cells, moment).rules.find((candidate) => candidate.rule.id === rule.id);
        expect(status?.verdict).toBe(off === 1 ? "fires" : "clear");
        expect(firingOnBoard(slo, cells, moment).includes(rule.id)).toBe(off === 1);
        expect(slowVerdicts(slo, cells, moment)[slo.rules.indexOf(rule)]).toBe(status?.verdict);
      },
    );
    fc.assert(law, { numRuns: 2_000, seed: SEED });
  });

  it("with the low-traffic guard equal the reference wherever the guard is silent, and are clear where it holds back", () => {
    const law = fc.property(fc.constantFrom(...guarded), gaps, (slo, minutes) => {
      const cells = cellsOf(minutes);
      const moment = { nowMinute: START + minutes.length - 1, firstMinute: START };
      const reference = slowVerdicts(slo, cells, moment);
      evaluateSlo(slo, cells, moment).rules.forEach(({ verdict, heldBackBy }, index) => {
        if (heldBackBy === undefined) expect(verdict).toBe(reference[index]);
        // Only what would fire can be held back.
        else expect([reference[index], verdict === "fires"]).toEqual(["fires", false]);
      });
    });
    fc.assert(law, { numRuns: 5_000, seed: SEED });
  });

  it("do not depend on cells that lie after the judged minute", () => {
    const law = fc.property(anySlo, gaps, gaps, (slo, before, after) => {
      const moment = { nowMinute: START + before.length - 1, firstMinute: START };
      const later = cellsOf(after).map((late) => ({ ...late, minute: late.minute + before.length }));
      expect(evaluateSlo(slo, [...cellsOf(before), ...later], moment)).toEqual(evaluateSlo(slo, cellsOf(before), moment));
    });
    fc.assert(law, { numRuns: 300, seed: SEED });
  });
});

describe("windows", () => {
  const lengths = fc.constantFrom(2, 5, 30, 60, 360, 361, 1_440, 4_320, 4_321, 10_080);

  it(
    "rolled on from tick to tick equal sums over all cells, in every tier",
    () => {
      const steps = fc.array(fc.oneof(fc.nat(9), fc.nat(700), fc.constant(11_000)), { minLength: 2, maxLength: 20 });
      const law = fc.property(lengths, steps, gaps, (length, jumps, pattern) => {
        const minutes = repeat(pattern, START - 12_000, 24_000);
        const coarse = rollUp(minutes, tierOf(length));
        let window = emptyWindow(length, START - 12_001);
        for (const jump of jumps) {
          const toMinute = Math.min(window.toMinute + jump, START + 11_999);
          // What a store is asked for: minutes that enter, cells of the window's tier that leave.
          const { fromMinute, beforeMinute } = leavingRange(window, length, toMinute);
          const entering = minutes.filter(({ minute }) => minute > window.toMinute && minute <= toMinute);
          const leaving = coarse.filter(
            ({ minute }) => minute >= fromMinute && minute < beforeMinute && minute <= window.toMinute,
          );
          window = rollWindow(window, length, toMinute, [...entering, ...leaving]);
          expect([window]).toEqual(sumWindows(minutes, toMinute, [length]));
        }
      });
      fc.assert(law, { numRuns: 30, seed: SEED });
    },
    LONG_MS,
  );

  it("after late rows replaced a cell equal sums over the new cells", () => {
    const law = fc.property(gaps, counts, fc.nat(79), (minutes, late, at) => {
      const cells = cellsOf(minutes);
      const toMinute = START + minutes.length - 1;
      const minute = START + (at % minutes.length);
      const before = cells.find((candidate) => candidate.minute === minute);
      const after = cell(minute, late[0], late[1]);
      const corrected = [...cells.filter((candidate) => candidate.minute !== minute), after].sort((a, b) => a.minute - b.minute);
      const [window] = sumWindows(cells, toMinute, [360]);
      expect(replaceCell(window ?? emptyWindow(360, toMinute), before, after)).toEqual(sumWindows(corrected, toMinute, [360])[0]);
    });
    fc.assert(law, { numRuns: 500, seed: SEED });
  });

  it("hold the same over minutes, five minutes and hours, from the edge of the tier on", () => {
    const law = fc.property(gaps, fc.constantFrom<5 | 60>(5, 60), (minutes, span) => {
      const fine = repeat(minutes, START - 10_080, 10_080);
      const length = span === 5 ? 4_320 : 10_020;
      expect(sumWindows(rollUp(fine, span), START - 1, [length])).toEqual(sumWindows(fine, START - 1, [length]));
    });
    fc.assert(law, { numRuns: 50, seed: SEED });
  });

  it("are asked for once each, shortest first", () => {
    expect(windowLengths(availabilitySlo("99.9%"))).toEqual([5, 30, 60, 120, 360, 1_440, 4_320, 43_200]);
  });
});

/** The alerts that fire when the flat arrays are judged, from nothing known of the minute before. */
function firingOnBoard(slo: Slo, cells: readonly Cell[], moment: { nowMinute: number; firstMinute: number }): SloAlertId[] {
  const layout = layoutAlone(slo);
  const board = emptyBoard(layout, moment.nowMinute);
  const starts = windowLengths(slo).map((length) => startOfLength(slo.window, length, moment.nowMinute));
  sumFrom(cells, moment.nowMinute, starts).forEach((sums, window) => setWindow(board, window, sums));
  board.firstMinute.fill(moment.firstMinute);
  board.lastMinute.fill(cells.at(-1)?.minute ?? -1);
  decideBoard(layout, board);
  return layout.alertIds.filter((_, alert) => board.firing[alert] === 1);
}

const LAYOUTS = new Map<Slo, Layout>();
function layoutAlone(slo: Slo): Layout {
  const layout = LAYOUTS.get(slo) ?? layoutOf([slo]);
  LAYOUTS.set(slo, layout);
  return layout;
}

/** The given minutes over and over. */
function repeat(
  minutes: readonly (readonly [number, number] | undefined)[],
  from: number,
  length: number,
): (Cell & { sloName: string })[] {
  return Array.from({ length }, (_, index) => ({ pair: minutes[index % minutes.length], minute: from + index })).flatMap(
    ({ pair, minute }) =>
      // Small counts: thousands of them must stay below 2^53.
      pair === undefined ? [] : [{ ...cell(minute, pair[0] % 1_000, Math.min(pair[1], pair[0] % 1_000)), sloName: "api" }],
  );
}

// The reference: fractions of BigInt, windows by filtering every cell, nothing shared with the engine.

interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

function slowVerdicts(slo: Slo, cells: readonly Cell[], moment: { nowMinute: number; firstMinute: number }): RuleVerdict[] {
  return allRules(slo).map((rule) => {
    const long = slowWindow(cells, rule.longMinutes, moment.nowMinute);
    const short = slowWindow(cells, rule.shortMinutes, moment.nowMinute);
    const threshold = times(fraction(rule.factor), minus({ over: 1n, under: 1n }, fraction(slo.target)));
    if (isMore(slowRate(long), threshold) && isMore(slowRate(short), threshold)) return "fires";
    const expected = Math.max(0, moment.nowMinute - Math.max(short.start, moment.firstMinute) + 1);
    const coverage = { over: BigInt(short.measured), under: BigInt(Math.max(expected, 1)) };
    return expected > 0 && !isMore({ over: 9n, under: 10n }, coverage) ? "clear" : "no-data";
  });
}

function slowWindow(
  cells: readonly Cell[],
  length: number,
  nowMinute: number,
): { start: number; length: number; bad: bigint; total: bigint; measured: number } {
  const span = length <= 360 ? 1 : length <= 4_320 ? 5 : 60;
  let start = nowMinute - length + 1;
  while (start % span !== 0) start -= 1;
  const inside = cells.filter(({ minute }) => minute >= start && minute <= nowMinute);
  return {
    start,
    length: nowMinute - start + 1,
    bad: inside.reduce((sum, { total, good }) => sum + BigInt(total) - BigInt(good), 0n),
    total: inside.reduce((sum, { total }) => sum + BigInt(total), 0n),
    measured: inside.length,
  };
}

/** Failures ÷ events × measured minutes ÷ all minutes. */
function slowRate(window: ReturnType<typeof slowWindow>): Fraction {
  if (window.total === 0n) return { over: 0n, under: 1n };
  return times({ over: window.bad, under: window.total }, { over: BigInt(window.measured), under: BigInt(window.length) });
}

function fraction({ num, den }: Ratio): Fraction {
  return { over: BigInt(num), under: BigInt(den) };
}

function times(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.over, under: a.under * b.under };
}

function minus(a: Fraction, b: Fraction): Fraction {
  return { over: a.over * b.under - b.over * a.under, under: a.under * b.under };
}

function isMore(a: Fraction, b: Fraction): boolean {
  return a.over * b.under > b.over * a.under;
}
