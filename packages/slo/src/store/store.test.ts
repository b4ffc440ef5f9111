import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layoutOf, mergeMeasurements, packCells, rollUp, unpackCells } from "../index.ts";
import type { Measurement, Slice } from "../index.ts";
import { availabilitySlo, START } from "../test/fixtures.ts";
import { COUNTS, noCounts, packCounts, readCounts } from "./counts.ts";

const SEED = 7;

function slice(sloName: string, minute: number, total: number, bad: number, varTotal = 0, varBad = 0): Slice {
  return { sloName, minute, total, good: total - bad, varTotal, varGood: varTotal - varBad };
}

/** A part of a whole. */
const part = (max: number): fc.Arbitrary<[number, number]> =>
  fc.nat({ max }).chain((whole) => fc.tuple(fc.constant(whole), fc.nat({ max: whole })));

const names = ["api", "a", "0", "api-gateway-latency-p95", "x--y", "z".repeat(63), "constructor"];

const stored = fc.tuple(fc.constantFrom(1, 5, 60), fc.subarray(names)).chain(([spanMinutes, chosen]) =>
  fc.tuple(
    ...chosen.map((sloName) =>
      fc.record({
        sloName: fc.constant(sloName),
        minute: fc.constant(START),
        spanMinutes: fc.constant(spanMinutes),
        measuredMinutes: fc.nat({ max: spanMinutes }),
        counts: part(Number.MAX_SAFE_INTEGER),
        variances: part(Number.MAX_SAFE_INTEGER),
      }),
    ),
  ),
);

describe("a packed row", () => {
  it("is short: name, total and failures in base 36", () => {
    expect(packCells([slice("web", START, 36, 0), slice("api", START, 1_000, 12, 90, 3)])).toBe("1;api:rs,c,2i,3;web:10");
  });

  it("unpacked is what was packed", () => {
    const law = fc.property(stored, (entries) => {
      const slices = entries.map(({ counts: [total, good], variances: [varTotal, varGood], ...rest }) => ({
        ...rest,
        total,
        good,
        varTotal,
        varGood,
      }));
      const spanMinutes = slices[0]?.spanMinutes ?? 1;
      const unpacked = unpackCells(packCells(slices), { minute: START, spanMinutes });
      const sorted = [...slices].sort((a, b) => (a.sloName < b.sloName ? -1 : 1));
      expect(unpacked).toEqual({ kind: "slices", slices: sorted });
    });
    fc.assert(law, { numRuns: 1_000, seed: SEED });
  });

  it("is read into flat arrays, and written from them, as it is from objects", () => {
    const slos = names.map((name) => ({ ...availabilitySlo("99.9%"), name }));
    const layout = layoutOf(slos);
    const law = fc.property(stored, (entries) => {
      const slices = entries
        .filter(({ measuredMinutes }) => measuredMinutes > 0)
        .map(({ counts: [total, good], variances: [varTotal, varGood], ...rest }) => ({
          ...rest,
          total,
          good,
          varTotal,
          varGood,
        }));
      const spanMinutes = slices[0]?.spanMinutes ?? 1;
      const text = packCells(slices);
      const counts = readCounts(layout, text, spanMinutes) ?? noCounts(layout);
      expect(packCounts(layout, counts, spanMinutes)).toBe(text);
      for (const { sloName, total, good, varTotal, varGood, measuredMinutes } of slices) {
        const at = (layout.indexOf.get(sloName) ?? 0) * COUNTS;
        expect([...counts.subarray(at, at + COUNTS)]).toEqual([
          total,
          total - good,
          varTotal,
          varTotal - varGood,
          measuredMinutes,
        ]);
      }
    });
    fc.assert(law, { numRuns: 500, seed: SEED });
  });

  it("passes over SLOs that have left the list", () => {
    const layout = layoutOf([{ ...availabilitySlo("99.9%"), name: "m" }]);
    expect(readCounts(layout, "1;a:1;m:2,1;z:3", 1)).toEqual(Float64Array.of(2, 1, 0, 0, 1));
  });

  it("is the same text whatever the order of the slices", () => {
    const slices = [slice("b", START, 2, 1), slice("a", START, 3, 0), slice("c", START, 0, 0)];
    expect(packCells([...slices].reverse())).toBe(packCells(slices));
  });

  it("keeps an SLO without traffic apart from one that was not measured", () => {
    const unpacked = unpackCells(packCells([slice("idle", START, 0, 0)]), { minute: START, spanMinutes: 1 });
    expect(unpacked).toMatchObject({ kind: "slices", slices: [{ sloName: "idle", total: 0, measuredMinutes: 1 }] });
  });

  it.each([
    ["", "format"],
    ["2;api:1", "format"],
    ["1;api", "not a slice"],
    ["1;:1", "not a slice"],
    ["1;api:-1", "not a slice"],
    ["1;api:1.5", "not a slice"],
    ["1;api:1,2", "not a slice"],
    ["1;api:1,0,1,2", "not a slice"],
    ["1;api:1,0,0,0,2", "not a slice"],
    ["1;api:1,0,0,0,0,0", "not a slice"],
    ["1;api:zzzzzzzzzzz", "not a slice"],
    ["1;api:1;", "not a slice"],
  ])("%j is corrupt and says why", (text, why) => {
    const unpacked = unpackCells(text, { minute: START, spanMinutes: 1 });
    expect(unpacked).toMatchObject({ kind: "corrupt", message: expect.stringContaining(why) as string });
    expect(readCounts(layoutOf([availabilitySlo("99.9%")]), text, 1)).toBeUndefined();
  });
});

describe("tiers", () => {
  it("sum minutes into five minutes and count those that were measured", () => {
    expect(rollUp([slice("api", START, 10, 1, 4, 2), slice("api", START + 4, 20, 0), slice("api", START + 5, 1, 1)], 5)).toEqual([
      { sloName: "api", minute: START, spanMinutes: 5, measuredMinutes: 2, total: 30, good: 29, varTotal: 4, varGood: 2 },
      { sloName: "api", minute: START + 5, spanMinutes: 5, measuredMinutes: 1, total: 1, good: 0, varTotal: 0, varGood: 0 },
    ]);
  });

  it("are the same whether hours come from minutes or from five minutes", () => {
    const minutes = fc.uniqueArray(fc.tuple(fc.nat(180), part(1_000)), { selector: ([offset]) => offset });
    const law = fc.property(minutes, (entries) => {
      const slices = entries.map(([offset, [total, bad]]) => slice("api", START + offset, total, bad));
      expect(rollUp(rollUp(slices, 5), 60)).toEqual(rollUp(slices, 60));
    });
    fc.assert(law, { numRuns: 300, seed: SEED });
  });
});

describe("late rows", () => {
  const measurement: fc.Arbitrary<Omit<Measurement, "revision">> = fc
    .tuple(fc.nat(12), fc.integer({ min: 1, max: 8 }))
    .chain(([from, length]) =>
      fc
        .uniqueArray(fc.tuple(fc.integer({ min: from, max: from + length - 1 }), fc.constantFrom("api", "web"), part(100)), {
          selector: ([minute, name]) => `${minute} ${name}`,
        })
        .map((entries) => ({
          fromMinute: from,
          toMinute: from + length,
          slices: entries.map(([minute, name, [total, bad]]) => slice(name, minute, total, bad)),
        })),
    );

  it("are merged the same in any order, and twice changes nothing", () => {
    const law = fc.property(fc.array(measurement, { maxLength: 8 }), fc.nat(), (entries, rotation) => {
      const numbered = entries.map((entry, index) => ({ ...entry, revision: index + 1 }));
      const at = rotation % (numbered.length + 1);
      const shuffled = [...numbered.slice(at), ...numbered.slice(0, at).reverse()];
      expect(mergeMeasurements([...shuffled, ...numbered])).toEqual(mergeMeasurements(numbered));
    });
    fc.assert(law, { numRuns: 1_000, seed: SEED });
  });

  it("replace what was measured before: the newest look at a minute holds, also where it saw less", () => {
    const merged = mergeMeasurements([
      { revision: 2, fromMinute: 11, toMinute: 14, slices: [slice("api", 11, 110, 9), slice("api", 13, 50, 0)] },
      {
        revision: 1,
        fromMinute: 10,
        toMinute: 13,
        slices: [slice("api", 10, 100, 0), slice("api", 11, 90, 0), slice("api", 12, 80, 0)],
      },
    ]);
    expect(merged.map(({ minute, total }) => [minute, total])).toEqual([
      [10, 100],
      [11, 110],
      [13, 50],
    ]);
  });
});
