import type { QueryPanel, Threshold } from "@monotask/panels";
import { defineDashboard, isQueryPanel } from "@monotask/panels";
import { describe, expect, it } from "vitest";
import { filterOf } from "./narrowing.ts";
import { nameOf } from "./series-name.ts";
import { stateOf, stateText } from "./threshold-state.ts";

describe("a series is called", () => {
  it.each([
    [["worker.memory.mean", "api"], undefined, "api"],
    [["worker.memory.p50", "api"], undefined, "P50 · api"],
    [["worker.cpu.p99", "api"], undefined, "P99 · api"],
    [["d1.rowsRead", "db-1"], undefined, "rows read · db-1"],
    [["kv.read", "cache"], undefined, "read · cache"],
    [["r2.GetObject", "files"], undefined, "get object · files"],
    [["api.github.com"], undefined, "api.github.com"],
    [["agents"], "capacity", "agents · capacity"],
    [[], undefined, "all"],
    [[""], undefined, "not named"],
    [["<script>"], undefined, "<script>"],
  ])("%j %s: %s", (group, label, name) => expect(nameOf({ group, label })).toBe(name));
});

describe("a threshold", () => {
  const SLO: Threshold[] = [
    { at: 0.999, state: "warning", side: "below", label: "99.9 % SLO" },
    { at: 0.99, state: "critical", side: "below" },
  ];
  const ERRORS: Threshold[] = [
    { at: 0.01, state: "warning", side: "above", label: "1 %" },
    { at: 0.05, state: "critical", side: "above" },
  ];
  it.each([
    [SLO, 0.9995, "ok", "above 99.9 % SLO"],
    [SLO, 0.998, "warning", "below 99.9 % SLO"],
    [SLO, 0.5, "critical", "below 99 %"],
    [ERRORS, 0.01, "ok", "below 1 %"],
    [ERRORS, 0.02, "warning", "above 1 %"],
    [ERRORS, 0.2, "critical", "above 5 %"],
    [ERRORS, null, "ok", "below 1 %"],
  ] as const)("%# at %s: %s, %s", (thresholds, figure, state, text) => {
    expect([stateOf(figure, thresholds), stateText(figure, thresholds, "percent")]).toEqual([state, text]);
  });
});

describe("choosing a series", () => {
  it.each([
    [["workerName", "severity"], ["api", "critical"], { name: "worker", value: "api" }],
    [["endpoint"], ["/api/tasks"], { name: "endpoint", value: "/api/tasks" }],
    [["workerName"], ["other (4)"], undefined],
    [["workerName"], [""], undefined],
    [["outcome"], ["ok"], undefined],
  ] as const)("by %j %j narrows the page to %j", (groupBy, group, filter) => {
    expect(filterOf(panelBy(groupBy), { group })).toEqual(filter);
  });
});

function panelBy(groupBy: readonly ("workerName" | "endpoint" | "severity" | "outcome")[]): QueryPanel {
  const kind = groupBy.includes("severity") ? "error" : "request";
  const { sections } = defineDashboard({
    version: 1,
    title: "t",
    sections: [
      {
        id: "s",
        title: "s",
        empty: "nothing",
        panels: [
          {
            id: "p",
            title: "p",
            kind: "timeseries",
            unit: "count",
            measuredAs: "as counted",
            query: { kind, groupBy: [...groupBy], measures: { n: { measure: "count" } } },
            values: [{ op: "total", of: "n" }],
          },
        ],
      },
    ],
  });
  const panel = sections[0]?.panels[0];
  if (panel === undefined || !isQueryPanel(panel)) throw new Error("one panel with a query expected");
  return panel;
}
