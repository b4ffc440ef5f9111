import { compileSql } from "@monotask/telemetry";
import type { Row } from "@monotask/telemetry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  evaluateSlo,
  measurementOfRows,
  measurementQuery,
  readableRows,
  slicesFromRows,
  slicesOfRows,
  tickMeasurement,
  unknownVersions,
} from "../index.ts";
import type { Slo } from "../index.ts";
import { availabilitySlo, nativeFile, sloOf, START } from "../test/fixtures.ts";
import { parseSlos } from "../index.ts";

const GOOD = "good: availability";

const availability = sloOf([`indicator: { kind: request, filter: { worker: demo }, ${GOOD} }`, 'target: "99.9%"']);
const percentiles = parseSlos([
  {
    file: "a.yaml",
    text: nativeFile(["indicator: { kind: request, filter: { worker: demo } }", "percentile: { p95: 200ms, p99: 1s }"]),
  },
]).slos;
const oneRoute = sloOf([
  `indicator: { kind: request, filter: { worker: demo, endpoint: /api/tasks, method: POST }, ${GOOD} }`,
  'target: "99%"',
]);

const RANGE = { fromMs: START * 60_000, toMs: (START + 2) * 60_000 };

function row(fields: Partial<Record<string, string | number>>): Row {
  const usual = {
    minute: START * 60,
    kind: "request",
    worker: "demo",
    environment: "production",
    status: "200",
    outcome: "ok",
    schemaVersion: "1",
  };
  return { ...usual, bucket: 0, events: 1, variance: 0, ...fields };
}

function totals(slo: Slo, ...rows: readonly Row[]): [good: number, total: number] | undefined {
  const [slice] = slicesFromRows([slo], rows);
  return slice === undefined ? undefined : [slice.good, slice.total];
}

describe("the query", () => {
  it("is one, grouped by minute, the fields that SLOs filter by, status, outcome, version and latency bucket", () => {
    const query = measurementQuery([availability, ...percentiles, oneRoute], RANGE);
    expect(Object.keys(query.groupBy ?? {})).toEqual([
      "minute",
      "kind",
      "worker",
      "environment",
      "version",
      "endpoint",
      "method",
      "status",
      "outcome",
      "subject",
      "schemaVersion",
      "bucket",
    ]);
    expect(query.groupBy?.["bucket"]).toEqual({
      by: "bucket of kind",
      buckets: { request: { field: "durationMs", thresholds: [200, 1_000] } },
    });
  });

  it("leaves out fields and buckets that no SLO needs", () => {
    expect(Object.keys(measurementQuery([availability], RANGE).groupBy ?? {})).toEqual([
      "minute",
      "kind",
      "worker",
      "environment",
      "version",
      "status",
      "outcome",
      "subject",
      "schemaVersion",
    ]);
  });

  it("reads events and their variance from the same rows", () => {
    expect(measurementQuery([availability], RANGE).select).toEqual({
      events: { measure: "events", fields: {} },
      variance: { measure: "events variance", fields: {} },
    });
  });

  it("never reads a part of a minute", () => {
    const query = measurementQuery([availability], { fromMs: RANGE.fromMs + 1, toMs: RANGE.toMs + 59_999 });
    expect([query.fromMs, query.toMs]).toEqual([RANGE.fromMs, RANGE.toMs]);
  });

  it("compiles to SQL that does not grow with the number of SLOs", () => {
    const copies = Array.from({ length: 1_000 }, () => availability);
    expect(compileSql(measurementQuery(copies, RANGE), "monotask")).toBe(
      compileSql(measurementQuery([availability], RANGE), "monotask"),
    );
  });

  it("reads other workers where an SLO names none", () => {
    const all = sloOf([`indicator: { kind: request, ${GOOD} }`, 'target: "99%"']);
    expect(compileSql(measurementQuery([availability, all], RANGE), "monotask")).not.toContain("'demo'");
  });
});

describe("an event is available", () => {
  it.each([
    ["200", "ok", true],
    ["304", "ok", true],
    ["404", "client_error", true],
    ["429", "client_error", true],
    ["499", "client_disconnect", true],
    ["", "client_disconnect", true],
    ["500", "error", false],
    ["503", "error", false],
    ["200", "exception", false],
    ["", "exception", false],
    ["", "ok", false],
  ])("status %j with outcome %s: %s", (status, outcome, isGood) => {
    expect(totals(availability, row({ status, outcome }))).toEqual([isGood ? 1 : 0, 1]);
  });
});

describe("an event is fast", () => {
  it("below its threshold; exactly 200 ms, the next bucket, is slow", () => {
    const [p95, p99] = percentiles;
    if (p95 === undefined || p99 === undefined) throw new Error("two objectives expected");
    const rows = [row({ bucket: 0, events: 5 }), row({ bucket: 1, events: 3 }), row({ bucket: 2, events: 1 })];
    expect(slicesFromRows([p95, p99], rows).map(({ sloName, good, total }) => [sloName, good, total])).toEqual([
      ["api-p95", 5, 9],
      ["api-p99", 8, 9],
    ]);
  });
});

describe("100,000 answers of 404 to a scanner", () => {
  it("page nobody: they are good, and the budget grows with them", () => {
    const slo = availabilitySlo("99.9%");
    const rows = Array.from({ length: 10 }, (_, at) =>
      row({ minute: (START + at) * 60, status: "404", outcome: "client_error", events: 10_000 }),
    );
    const status = evaluateSlo(slo, slicesFromRows([slo], rows), { nowMinute: START + 9, firstMinute: START });
    expect(status).toMatchObject({ state: "ok", period: { total: 100_000, bad: 0 } });
    expect(status.alerts.filter(({ isFiring }) => isFiring)).toEqual([]);
  });
});

describe("slices", () => {
  it("count the events of their filter alone", () => {
    const rows = [
      row({ endpoint: "/api/tasks", method: "POST", events: 7 }),
      row({ endpoint: "/api/tasks", method: "GET", events: 100 }),
      row({ endpoint: "/", method: "POST", events: 100 }),
      row({ endpoint: "/api/tasks", method: "POST", environment: "staging", events: 100 }),
      row({ endpoint: "/api/tasks", method: "POST", worker: "other", events: 100 }),
    ];
    expect(totals(oneRoute, ...rows)).toEqual([7, 7]);
  });

  it("carry the variance of what sampling estimated", () => {
    const [slice] = slicesFromRows(
      [availability],
      [row({ events: 100, variance: 900 }), row({ status: "500", events: 10, variance: 90 })],
    );
    expect(slice).toMatchObject({ good: 100, total: 110, varGood: 900, varTotal: 990 });
  });

  it("of a minute in which the worker served other routes are idle, not unmeasured", () => {
    expect(totals(oneRoute, row({ endpoint: "/", method: "GET" }))).toEqual([0, 0]);
  });

  it("of a minute without rows do not exist, unless it is proved that nothing came", () => {
    expect(slicesFromRows([availability], [row({ worker: "other" })])).toEqual([]);
    expect(slicesFromRows([availability], [], { provedMinutes: [{ sloName: "api", minute: START }] })).toMatchObject([
      { minute: START, total: 0 },
    ]);
    expect(
      slicesFromRows([availability], [row({ events: 3 })], { provedMinutes: [{ sloName: "api", minute: START }] }),
    ).toMatchObject([{ total: 3 }]);
  });

  it("packed without making one are those that slices are packed into", () => {
    const sliced = sloOf([
      "indicator: { kind: request, good: availability }",
      'target: "99%"',
      "method: timeslices",
      'timeslice: { target: "95%" }',
    ]);
    const slos = [availability, { ...sliced, name: "sliced" }, ...percentiles, { ...oneRoute, name: "one-route" }];
    const anyRow = fc.record({
      minute: fc.integer({ min: START, max: START + 3 }).map((minute) => minute * 60),
      worker: fc.constantFrom("demo", "other"),
      status: fc.constantFrom("200", "404", "503", ""),
      events: fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 2 ** 45 })),
      variance: fc.nat(3),
    });
    const proved = fc.array(
      fc.record({ sloName: fc.constantFrom("api-p95", "one-route"), minute: fc.constantFrom(START, START + 9) }),
    );
    const law = fc.property(fc.array(anyRow, { maxLength: 12 }), proved, (fields, provedMinutes) => {
      const rows = readableRows(fields.map((each) => row(each)));
      const stretch = { revision: 1, fromMinute: START, toMinute: START + 10 };
      const slices = slicesOfRows(slos, rows, { provedMinutes });
      expect(measurementOfRows(slos, rows, stretch, { provedMinutes })).toEqual(tickMeasurement({ ...stretch, slices }));
    });
    fc.assert(law, { numRuns: 200, seed: 6 });
  });

  it("leave points of unknown schema versions out, and count them apart", () => {
    const rows = [
      row({ events: 2 }),
      row({ schemaVersion: "9", events: 40 }),
      row({ schemaVersion: "9", status: "500", events: 2 }),
    ];
    expect(totals(availability, ...rows)).toEqual([2, 2]);
    expect(unknownVersions(rows)).toEqual([{ version: "9", events: 42 }]);
  });

  it("never hold more good than total, whatever the rows, and do not depend on their order", () => {
    const anyRow = fc
      .record({
        minute: fc.constantFrom(START * 60, (START + 1) * 60),
        endpoint: fc.constantFrom("/", "/api/tasks"),
        method: fc.constantFrom("GET", "POST"),
        status: fc.constantFrom("200", "404", "500", ""),
        outcome: fc.constantFrom("ok", "exception", "client_disconnect", "?"),
        bucket: fc.nat(2),
        events: fc.oneof(fc.nat(1_000), fc.constantFrom(Number.NaN, -5, "7")),
        variance: fc.nat(1_000),
        schemaVersion: fc.constantFrom("1", "2", ""),
      })
      .map(row);
    const slos = [oneRoute, ...percentiles];
    const law = fc.property(fc.array(anyRow), (rows) => {
      const slices = slicesFromRows(slos, rows);
      expect(slices.every((slice) => slice.good <= slice.total && slice.varGood <= slice.varTotal && slice.good >= 0)).toBe(true);
      expect(slicesFromRows(slos, [...rows].reverse())).toEqual(slices);
    });
    fc.assert(law, { numRuns: 500, seed: 11 });
  });
});
