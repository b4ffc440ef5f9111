import type { Row } from "@monotask/telemetry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineDashboard, isQueryPanel, planScans, readScan, stepRange, topSeries } from "../index.ts";
import type { PanelData, PanelSeries, Scan } from "../index.ts";

const dashboard = defineDashboard({
  version: 1,
  title: "T",
  sections: [
    {
      id: "s",
      title: "S",
      empty: "Send some.",
      panels: [
        {
          id: "errors",
          title: "Errors",
          kind: "timeseries",
          unit: "per-minute",
          measuredAs: "x",
          query: { kind: "error", groupBy: ["workerName"], measures: { errors: { measure: "count" } } },
          values: [{ op: "rate", of: "errors", per: "minute" }],
        },
        {
          id: "mean",
          title: "Mean",
          kind: "timeseries",
          unit: "ms",
          measuredAs: "x",
          query: {
            kind: "request",
            measures: { mean: { measure: "mean", field: "durationMs" }, busyMs: { measure: "sum", field: "durationMs" } },
          },
          values: [
            { op: "value", of: "mean", label: "mean" },
            { op: "concurrency", of: "busyMs", label: "active" },
          ],
        },
      ],
    },
  ],
});
const RANGE = stepRange(0, 240_000);
const [scan] = planScans(
  dashboard.sections.flatMap(({ panels }) => panels.filter(isQueryPanel)),
  RANGE,
);
/** Panels whose figure is their newest step's, over ten minutes. */
const [live] = planScans(
  defineDashboard({
    version: 1,
    title: "T",
    sections: [
      {
        id: "s",
        title: "S",
        empty: "Send some.",
        panels: [
          {
            id: "active",
            title: "Active",
            kind: "gauge",
            unit: "count",
            measuredAs: "x",
            reduce: "last",
            query: { kind: "request", measures: { busyMs: { measure: "sum", field: "durationMs" } } },
            values: [{ op: "concurrency", of: "busyMs" }],
          },
          {
            id: "p95",
            title: "P95",
            kind: "timeseries",
            unit: "ms",
            measuredAs: "x",
            query: { kind: "request", measures: { p95: { measure: "quantile", field: "durationMs", q: 0.95 } } },
            values: [{ op: "value", of: "p95" }],
          },
        ],
      },
    ],
  }).sections.flatMap(({ panels }) => panels.filter(isQueryPanel)),
  stepRange(0, 600_000),
);
const [errorCount, , sum, count] = ["m0", "m1", "m2", "m3"];

function rows(...given: readonly Row[]): PanelData[] {
  return readScan(scan ?? fail(), given);
}

function request(step: number, milliseconds: number, events: number): Row {
  return { step, pointKind: "request", k0: "", [errorCount]: 0, m1: 0, [sum]: milliseconds, [count]: events };
}

function error(step: number, workerName: string, events: number): Row {
  return { step, pointKind: "error", k0: workerName, [errorCount]: events, m1: events * 9, [sum]: 0, [count]: 0 };
}

describe("a step", () => {
  it("without errors is zero where something was measured, and a gap where nothing was", () => {
    const [errors] = rows(request(0, 10, 1), error(0, "api", 3), request(60, 10, 1), request(180, 10, 1));
    expect(errors?.series[0]?.points).toEqual([3, 0, null, 0]);
  });

  it("is the newest one of errors where others were measured, though no error happened", () => {
    const [errors] = rows(error(0, "api", 3), request(0, 10, 1), request(180, 10, 1));
    expect(errors?.newestStep).toBe(180);
  });

  it("without requests has no mean", () => {
    const [, mean] = rows(request(0, 100, 4), error(60, "api", 1));
    expect(mean?.series.find(({ label }) => label === "mean")?.points).toEqual([25, null, null, null]);
  });

  it("has rate × mean requests in flight (Little's law)", () => {
    const [, mean] = rows(request(0, 120_000, 60));
    // One request a second of 2 s each.
    expect(mean?.series.find(({ label }) => label === "active")?.points[0]).toBe(2);
  });
});

describe("the newest step", () => {
  const { select = {} } = live?.query ?? {};
  const row = (step: number, figure: number): Row => ({
    step,
    pointKind: "request",
    ...Object.fromEntries(Object.keys(select).map((column) => [column, figure])),
  });
  const look = (given: readonly Row[], untilMs: number): Readonly<Record<string, PanelData | undefined>> =>
    Object.fromEntries(readScan(live ?? fail(), given, untilMs).map((panel) => [panel.panelId, panel]));
  const seen = look([row(300, 60_000), row(360, 120_000), row(480, 6_000)], 510_000);

  it("that may still get points is told apart", () => expect(seen["p95"]?.openStep).toBe(360));

  it("is not what a figure stands for while it is not whole", () => {
    expect(["active", "p95"].map((id) => seen[id]?.series[0]?.figure)).toEqual([1, 60_000]);
  });

  it("is what a figure stands for where no other one has points", () => {
    const { active } = look([row(420, 60_000)], 510_000);
    expect(active?.series[0]?.figure).toBe(1);
  });

  it("of a range that has passed is whole", () => {
    const { active } = look([row(540, 60_000)], 900_000);
    expect([active?.openStep, active?.series[0]?.figure]).toEqual([undefined, 1]);
  });
});

describe("a panel", () => {
  it("without points is empty", () => expect(rows().map(({ state }) => state)).toEqual(["empty", "empty"]));

  it("says how far sampling may be off", () => {
    const [errors] = rows(error(0, "api", 100));
    expect(errors?.series[0]?.relativeError).toBeCloseTo((1.96 * 30) / 100, 9);
  });

  it("reads the same whatever the order of the rows", () => {
    const anyRow = fc.oneof(
      fc.tuple(fc.constantFrom(0, 60, 120), fc.nat(1_000), fc.nat(50)).map(([step, ms, events]) => request(step, ms, events)),
      fc
        .tuple(fc.constantFrom(0, 60, 120), fc.constantFrom("a", "b"), fc.nat(50))
        .map(([step, name, events]) => error(step, name, events)),
    );
    fc.assert(
      fc.property(fc.array(anyRow), (given) => {
        expect(rows(...given)).toEqual(rows(...[...given].reverse()));
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});

describe("many series", () => {
  const series = (at: number): PanelSeries => ({
    group: [`r${at}`],
    label: undefined,
    unit: "count",
    points: [at, null],
    figure: at,
    most: at,
    relativeError: 0,
  });
  const all = Array.from({ length: 10 }, (_, at) => series(10 - at));

  it("that add up become seven, with the sum of the rest", () => {
    const { shown, hidden } = topSeries(all, true);
    expect([shown.length, hidden, shown.at(-1)]).toMatchObject([7, 0, { group: ["other (4)"], figure: 10, points: [10, null] }]);
  });

  it("that do not add up are counted", () => expect(topSeries(all, false)).toMatchObject({ hidden: 3 }));
});

describe("a range", () => {
  it.each([
    ["1 h", 1, 60],
    ["6 h", 6, 300],
    ["24 h", 24, 600],
    ["7 d", 168, 3_600],
    ["30 d", 720, 14_400],
    ["a year", 8_760, 86_400],
  ])("of %s is read in steps of the finest length that a chart can show", (_, hours, stepSeconds) => {
    expect(stepRange(0, hours * 3_600_000).stepSeconds).toBe(stepSeconds);
  });
});

function fail(): Scan {
  throw new Error("no scan");
}
