import { describe, expect, it } from "vitest";
import { parseSloTests, parseSlos, replay, runSloTest } from "../index.ts";
import type { SloTest } from "../index.ts";
import { availabilitySlo, cell, nativeFile, START } from "../test/fixtures.ts";

const HEAD = "apiVersion: monotask.dev/v1\nkind: SloTest\n";
const SERIES = "series:\n  - {minutes: 30, total: 100000, bad: 10000}\n  - {minutes: 600, total: 100000, bad: 0}\n";

function testOf(text: string): SloTest {
  const { tests, issues } = parseSloTests([{ file: "t.yaml", text }], () => undefined);
  const [test] = tests;
  if (test === undefined) throw new Error(JSON.stringify(issues));
  return test;
}

describe("a test of alerts", () => {
  it("plays the incident of the format's own example: 10 % errors for half an hour", () => {
    const test = testOf(
      `${HEAD}slo: {name: api-availability, target: "99.9%", window: 30d}\n${SERIES}expect:\n` +
        "  - {rule: page-fast, firesAt: 9, clearsAt: 35}\n  - {rule: ticket-slow, firesAt: null}\n",
    );
    expect(runSloTest(test).map(({ hasPassed }) => hasPassed)).toEqual([true, true]);
  });

  it("names the first minute that differs", () => {
    const test = testOf(`${HEAD}slo: {target: "99.9%"}\n${SERIES}expect:\n  - {rule: page-fast, firesAt: 12}\n`);
    expect(runSloTest(test)).toMatchObject([{ firedAt: 9, hasPassed: false, firstDifference: 9 }]);
  });

  it("knows no telemetry from no traffic: silence freezes and is told, an idle night is neither", () => {
    const expectations = "expect: [{rule: no-data, firesAt: 10}]\n";
    const missing = testOf(
      `${HEAD}slo: {target: "99.9%"}\nseries: [{minutes: 20, missing: true}, {minutes: 5, total: 10, bad: 0}]\n${expectations}`,
    );
    const idle = testOf(`${HEAD}slo: {target: "99.9%"}\nseries: [{minutes: 20, total: 0, bad: 0}]\n${expectations}`);
    expect(runSloTest(missing)).toMatchObject([{ firedAt: 10, clearedAt: 21 }]);
    expect(runSloTest(idle)).toMatchObject([{ firedAt: null }]);
  });

  it("judges time slices of five minutes as a whole, as the evaluator does", () => {
    const spec = 'slo: {target: "90%", window: 1h, method: timeslices, timeslice: {target: "50%", length: 5m}}';
    // The first minute of each slice fails, with a hundredth of the slice's events: no slice is bad.
    const series = Array.from({ length: 12 }, () => "{minutes: 1, total: 10, bad: 10}, {minutes: 4, total: 250}").join(", ");
    const test = testOf(`${HEAD}${spec}\nseries: [${series}]\nexpect: [{rule: ticket-fast, firesAt: null}]\n`);
    expect(runSloTest(test)).toMatchObject([{ firedAt: null }]);
  });

  it("finds an SLO by file and name", () => {
    const { slos } = parseSlos([
      { file: "slos.yaml", text: nativeFile(["indicator: { kind: request, good: availability }", 'target: "99%"']) },
    ]);
    const text = `${HEAD}slo: {ref: slos.yaml#api}\n${SERIES}expect:\n  - {rule: page-fast, firesAt: null}\n`;
    const parsed = parseSloTests([{ file: "t.yaml", text }], (ref) => slos.find((slo) => ref === `slos.yaml#${slo.name}`));
    expect(parsed.tests[0]?.slo.targetText).toBe("99%");
  });

  it.each([
    ["an SLO that is not there", "slo: {ref: a.yaml#b}", SERIES, "{rule: page-fast, firesAt: 1}", "unresolved-reference", 3],
    [
      "a rule that the SLO does not have",
      'slo: {target: "99%", window: 1h}',
      SERIES,
      "{rule: page-fast, firesAt: 1}",
      "bad-value",
      8,
    ],
    [
      "more bad events than events",
      'slo: {target: "99%"}',
      "series: [{minutes: 1, total: 1, bad: 2}]\n",
      "{rule: page-fast, firesAt: 1}",
      "bad-value",
      4,
    ],
    [
      "a stretch that would be played for ever",
      'slo: {target: "99%"}',
      "series: [{minutes: 999999999999999, total: 1}]\n",
      "{rule: page-fast, firesAt: 1}",
      "bad-value",
      4,
    ],
    [
      "more events than add up exactly",
      'slo: {target: "99%"}',
      "series: [{minutes: 1, total: 999999999999999}]\n",
      "{rule: page-fast, firesAt: 1}",
      "bad-value",
      4,
    ],
    ["a key that does not exist", 'slo: {target: "99%"}', SERIES, "{rule: page-fast, fires: 1}", "unknown-key", 8],
  ])("%s is told with its place", (_, slo, series, expectation, code, line) => {
    const text = `${HEAD}${slo}\n${series}expect:\n  - ${expectation}\n`;
    const { tests, issues } = parseSloTests([{ file: "t.yaml", text }], () => undefined);
    expect(tests).toEqual([]);
    expect(issues.map((issue) => [issue.code, issue.line])).toContainEqual([code, line]);
  });
});

describe("a replay", () => {
  const slo = availabilitySlo("99.9%");
  const cells = Array.from({ length: 120 }, (_, at) => ({
    ...cell(START + at, 1_000, at >= 60 && at < 70 ? 500 : 0),
    sloName: "api",
  }));

  it("says when each alert would have fired and cleared, and what budget was left", () => {
    const [result] = replay([slo], cells);
    expect(result?.timings.of("page-fast")).toEqual([{ firedMinute: START + 61, clearedMinute: START + 74 }]);
    expect(result?.last.budget.consumedEvents).toBe(5_000);
  });

  it("gives the same bits twice", () => {
    expect(JSON.stringify(replay([slo], cells))).toBe(JSON.stringify(replay([slo], cells)));
  });

  it("spreads a coarse cell over its minutes without losing an event", () => {
    const hour = { ...cell(START, 6_001, 59), spanMinutes: 60, measuredMinutes: 60, sloName: "api" };
    const [result] = replay([slo], [hour]);
    expect([result?.last.period.total, result?.last.budget.consumedEvents]).toEqual([6_001, 59]);
  });
});
