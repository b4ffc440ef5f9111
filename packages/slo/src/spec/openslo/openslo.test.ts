import { describe, expect, it } from "vitest";
import { exportOpenSlo, parseSlos } from "../../index.ts";
import type { ParsedSlos, Slo } from "../../index.ts";
import { availabilitySlo, sloOf } from "../../test/fixtures.ts";

const SLI = `apiVersion: openslo/v1
kind: SLI
metadata: { name: good-requests }
spec:
  ratioMetric:
    counter: true
    good: { metricSource: { type: monotask, spec: { kind: request, filter: { worker: api }, good: availability } } }
    total: { metricSource: { type: monotask, spec: { kind: request, filter: { worker: api } } } }
`;
const SLO = `apiVersion: openslo/v1
kind: SLO
metadata: { name: api-availability }
spec:
  service: api
  indicatorRef: good-requests
  timeWindow: [{ duration: 30d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.999 }]
`;
const POLICY = `apiVersion: openslo/v1
kind: AlertPolicy
metadata: { name: fast }
spec:
  conditions: [{ conditionRef: burns }]
  notificationTargets: [{ targetRef: oncall }]
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: { name: burns }
spec: { severity: page, condition: { kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h } }
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: { name: oncall }
spec: { target: email }
`;

function parse(...texts: readonly string[]): ParsedSlos {
  return parseSlos(texts.map((text, index) => ({ file: `${index}.yaml`, text })));
}

describe("OpenSLO v1", () => {
  it("is read with references across files", () => {
    const { slos, issues } = parse(
      SLO.replace("  objectives", "  alertPolicies: [{ alertPolicyRef: fast }]\n  objectives"),
      SLI,
      POLICY,
    );
    expect(issues).toEqual([]);
    expect(slos[0]).toMatchObject({
      name: "api-availability",
      targetText: "99.9%",
      target: { num: 999, den: 1_000 },
      window: { kind: "rolling", minutes: 43_200 },
      indicator: { kind: "request", filter: { worker: ["api"] }, good: { kind: "availability" } },
      rules: [{ id: "page-fast", longMinutes: 60, shortMinutes: 5, factor: { num: 72, den: 5 } }],
    });
  });

  it("stands beside native SLOs, whose names it must not take", () => {
    const native =
      "apiVersion: monotask.dev/v1\nslos: [{ name: api-availability, service: a, indicator: { kind: request, good: availability }, target: '99%' }]\n";
    expect(parse(`${native}---\n${SLO}---\n${SLI}`).issues.map((issue) => issue.code)).toEqual(["duplicate-name"]);
  });

  it.each([
    ["an indicator", SLO, "unresolved-reference", "0.yaml", 6],
    [
      "a policy",
      SLO.replace("  objectives", "  alertPolicies: [{ alertPolicyRef: none }]\n  objectives"),
      "unresolved-reference",
      "0.yaml",
      9,
    ],
    ["a condition", POLICY.replace("conditionRef: burns", "conditionRef: burn"), undefined, "0.yaml", 0],
    ["a target", POLICY.replace("targetRef: oncall", "targetRef: oncal"), "unresolved-reference", "0.yaml", 6],
  ])("names a reference to %s that dangles", (what, text, code, file, line) => {
    const { issues } = parse(text, what === "an indicator" ? "" : SLI);
    const errors = issues.filter((issue) => issue.severity === "error");
    expect(errors.map((issue) => [issue.code, issue.file, issue.line])).toEqual(code === undefined ? [] : [[code, file, line]]);
  });

  it("says that metrics of another system are valid and not measured here", () => {
    const { slos, issues } = parse(SLO, SLI.replaceAll("type: monotask", "type: Prometheus"));
    expect(slos).toEqual([]);
    expect(issues).toMatchObject([{ code: "openslo-foreign-source", severity: "warning", file: "0.yaml" }]);
  });

  it("takes what its own examples do against its rules, with a warning that says why", () => {
    const withOp = SLO.replace("{ target: 0.999 }", "{ op: gt, target: 0.999 }");
    const inverted = POLICY.replace("op: gt", "op: lte");
    const { slos, issues } = parse(
      withOp.replace("  objectives", "  alertPolicies: [{ alertPolicyRef: fast }]\n  objectives"),
      SLI,
      inverted,
    );
    expect(slos).toHaveLength(1);
    expect(issues.map((issue) => [issue.code, issue.severity])).toEqual([
      ["openslo-op-ignored", "warning"],
      ["openslo-op-inverted", "warning"],
    ]);
  });

  it.each([
    ["target and targetPercent", "{ target: 0.999, targetPercent: 99.9 }", "openslo-one-of"],
    ["a target of 1", "{ target: 1 }", "target-out-of-range"],
    ["no target", "{ displayName: x }", "missing-key"],
    ["an unknown key", "{ target: 0.9, targt: 1 }", "unknown-key"],
  ])("refuses an objective with %s", (_, objective, code) => {
    const { slos, issues } = parse(SLO.replace("{ target: 0.999 }", objective), SLI);
    expect([slos, issues.map((issue) => issue.code)]).toEqual([[], [code]]);
  });

  it("refuses good and total from different rows", () => {
    const { issues } = parse(
      SLO,
      SLI.replace("spec: { kind: request, filter: { worker: api } } }", "spec: { kind: request, filter: { worker: b } } }"),
    );
    expect(issues.map((issue) => issue.code)).toEqual(["different-rows"]);
  });

  it("reads durations of thresholds, slices of five minutes and calendar months", () => {
    const threshold = SLO.replace(
      "indicatorRef: good-requests",
      "indicator: { spec: { thresholdMetric: { metricSource: { type: monotask, spec: { kind: request } } } } }",
    )
      .replace("{ target: 0.999 }", "{ op: lt, value: 200, target: 0.95, timeSliceTarget: 0.99, timeSliceWindow: 5m }")
      .replace(
        "{ duration: 30d, isRolling: true }",
        "{ duration: 1M, calendar: { startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin } }",
      )
      .replace("Occurrences", "Timeslices");
    const { slos, issues } = parse(threshold);
    expect(issues).toEqual([]);
    expect(slos[0]).toMatchObject({
      indicator: { good: { kind: "latency", thresholdMs: 200 } },
      method: { kind: "timeslices", sliceMinutes: 5 },
      window: { kind: "calendar", unit: "month", timeZone: "Europe/Berlin" },
    });
  });

  it("is read from a list of objects in one document too, with the places of its mistakes", () => {
    const list = [SLO, SLI].map((text) => `- ${text.trimEnd().replaceAll("\n", "\n  ")}\n`).join("");
    expect(parse(list)).toMatchObject({ issues: [], slos: [{ name: "api-availability" }] });
    const { issues } = parse(list.replace("budgetingMethod: Occurrences", "budgetingMethod: Sometimes"));
    expect(issues.map(({ code, line, path }) => [code, line, path])).toEqual([["bad-value", 8, "[0].spec.budgetingMethod"]]);
  });

  const rows = "{ metricSource: { type: monotask, spec: { kind: request, filter: { worker: api }, good: availability } } }";
  const ratioOf = (lines: string): string => SLI.slice(0, SLI.indexOf("    counter")) + lines;

  it.each([
    ["bad and total", `    bad: ${rows}\n    total: ${rows}\n`],
    ["raw that counts successes", `    raw: ${rows}\n    rawType: success\n`],
    ["raw that counts failures", `    raw: ${rows}\n    rawType: failure\n`],
  ])("reads a ratio of %s", (_, lines) => {
    const { slos, issues } = parse(SLO, ratioOf(lines));
    expect(issues).toEqual([]);
    expect(slos).toMatchObject([{ indicator: { kind: "request", good: { kind: "availability" } } }]);
  });

  it.each([
    ["good and bad", `    good: ${rows}\n    bad: ${rows}\n    total: ${rows}\n`, "openslo-one-of"],
    ["total alone", `    total: ${rows}\n`, "openslo-one-of"],
    ["total and raw", `    total: ${rows}\n    raw: ${rows}\n    rawType: success\n`, "openslo-one-of"],
    ["raw without its type", `    raw: ${rows}\n`, "missing-key"],
  ])("refuses a ratio of %s", (_, lines, code) => {
    expect(parse(SLO, ratioOf(lines)).issues.map((issue) => issue.code)).toEqual([code]);
  });

  it("reads over alertAfter, and says what does its work", () => {
    const { slos, issues } = parse(
      SLO.replace("  objectives", "  alertPolicies: [{ alertPolicyRef: fast }]\n  objectives"),
      SLI,
      POLICY.replace("lookbackWindow: 1h", "lookbackWindow: 1h, alertAfter: 5m"),
    );
    expect(slos).toHaveLength(1);
    expect(issues).toMatchObject([{ code: "not-yet-supported", severity: "warning" }]);
  });

  it.each<[string, Slo]>([
    [
      "what is bad besides 5xx",
      sloOf([
        "indicator: { kind: request, good: availability, bad: { status: [5xx, 429], outcome: client_disconnect } }",
        'target: "99%"',
      ]),
    ],
    [
      "availability with the default table",
      availabilitySlo("99.95%", "lowTraffic: { falsePagesPerYear: 2 }", "runbook: runbooks/a.md"),
    ],
    ["own pairs", availabilitySlo("99%", "alerting: [{ severity: page, long: 30m, short: 4m, factor: 7.25 }]")],
    [
      "a latency over a calendar quarter",
      sloOf([
        "indicator: { kind: request, latency: { threshold: 1s } }",
        'target: "99%"',
        "window: { calendar: { unit: quarter, timeZone: Asia/Tokyo } }",
      ]),
    ],
    ["queue messages", sloOf(["indicator: { kind: queue, filter: { queue: [a, b] }, good: success }", 'target: "99%"'])],
    ["time slices", availabilitySlo("99%", "method: timeslices", 'timeslice: { target: "95%", length: 5m }')],
  ])("written and read again is the same: %s", (_, slo) => {
    const { slos, issues } = parse(exportOpenSlo([slo]));
    expect(issues).toEqual([]);
    const meaning = ({ source: _source, labels: _labels, ...rest }: Slo): unknown => rest;
    expect(slos.map(meaning)).toEqual([meaning(slo)]);
  });
});
