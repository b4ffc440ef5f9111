import { describe, expect, it } from "vitest";
import { defineDashboard, formatDashboardIssues, parseDashboard, unusedFields } from "../index.ts";
import type { DashboardInput } from "../index.ts";

const REQUESTS = {
  kind: "request",
  measures: { requests: { measure: "count" }, p95: { measure: "quantile", field: "durationMs", q: 0.95 } },
};
const PANEL = {
  id: "rate",
  title: "Rate",
  kind: "stat",
  unit: "per-second",
  measuredAs: "Requests.",
  query: REQUESTS,
  values: [{ op: "rate", of: "requests", per: "second" }],
};

function issuesOf(...panels: readonly object[]): [code: string, path: string][] {
  return parseDashboard(text(...panels), { slos: ["api"], runbooks: ["high-error-rate"] }).issues.map(({ code, path }) => [
    code,
    path,
  ]);
}

function text(...panels: readonly object[]): string {
  return JSON.stringify({ version: 1, title: "T", sections: [{ id: "s", title: "S", empty: "Send some.", panels }] });
}

describe("a definition", () => {
  it("without faults has no issues", () => expect(issuesOf(PANEL)).toEqual([]));

  it.each<[what: string, panel: object, code: string, path: string]>([
    ["a key that does not exist", { ...PANEL, titel: "x" }, "wrong-shape", "sections[0].panels[0].titel"],
    ["a kind of panel that does not exist", { ...PANEL, kind: "pie" }, "wrong-shape", "sections[0].panels[0].kind"],
    [
      "a field that no kind has",
      { ...PANEL, query: { ...REQUESTS, groupBy: ["wrker"] } },
      "wrong-shape",
      "sections[0].panels[0].query.groupBy[0]",
    ],
    [
      "a field of another kind",
      { ...PANEL, query: { ...REQUESTS, groupBy: ["severity"] } },
      "bad-query",
      "sections[0].panels[0].query",
    ],
    [
      "a measure that does not exist",
      { ...PANEL, values: [{ op: "value", of: "p99" }] },
      "unknown-measure",
      "sections[0].panels[0].values[0]",
    ],
    [
      "the rate of a percentile",
      { ...PANEL, values: [{ op: "rate", of: "p95", per: "second" }] },
      "wrong-operation",
      "sections[0].panels[0].values[0]",
    ],
    ["an SLO that does not exist", { ...PANEL, slo: "web" }, "unknown-slo", "sections[0].panels[0].slo"],
    ["a runbook that does not exist", { ...PANEL, runbook: "fire" }, "unknown-runbook", "sections[0].panels[0].runbook"],
  ])("%s is named", (_, panel, code, path) => expect(issuesOf(panel)).toContainEqual([code, path]));

  it("names an id that is used twice, and a section that costs several queries", () => {
    const byRoute = { ...PANEL, id: "b", query: { ...REQUESTS, groupBy: ["endpoint"] } };
    expect(issuesOf(PANEL, PANEL)).toEqual([["duplicate-id", "sections[0].panels[1].id"]]);
    expect(issuesOf(PANEL, byRoute)).toEqual([["several-scans", "sections[0]"]]);
    expect(issuesOf(PANEL, { ...PANEL, id: "b", rangeHours: 24 })).toEqual([["several-scans", "sections[0]"]]);
  });

  it("that is no JSON has one issue", () => expect(parseDashboard("{").issues.map(({ code }) => code)).toEqual(["not-json"]));

  it("names what it reads and does not show", () => {
    const { dashboard } = parseDashboard(text(PANEL));
    expect(dashboard && unusedFields(dashboard).map(({ path }) => path)).toEqual(
      expect.arrayContaining(["rate.query.measures.p95", "error.fingerprint"]),
    );
  });

  it("names a key that nobody reads", () => {
    const [issue] = parseDashboard(text({ ...PANEL, titel: "x" })).issues;
    expect(issue?.message).toBe('unknown key "titel"');
  });

  it("is one line an issue for people", () => {
    expect(formatDashboardIssues(parseDashboard(text({ ...PANEL, slo: "web" }), { slos: ["api"] }).issues, "d.json")).toBe(
      'd.json sections[0].panels[0].slo: error unknown-slo: there is no SLO "web". Use one of api.',
    );
  });

  it("in TypeScript is checked by its types, and at run time", () => {
    const input: DashboardInput = {
      version: 1,
      title: "T",
      // @ts-expect-error -- there is no panel kind "pie"
      sections: [{ id: "s", title: "S", empty: "x", panels: [{ ...PANEL, kind: "pie" }] }],
    };
    expect(() => defineDashboard(input)).toThrow("sections[0].panels[0].kind");
  });
});
