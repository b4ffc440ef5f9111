import { describe, expect, it } from "vitest";
import { signal } from "../../test/signals.ts";
import { cleanSignal } from "./clean-signal.ts";
import type { AlertSignal } from "./signal.ts";

const START_MS = Date.UTC(2026, 10, 24, 3, 12);
const AROUND = `from=${START_MS - 1_800_000}&to=${START_MS + 1_800_000}&environment=production`;

function linksOf(more: Partial<AlertSignal>, slo?: string, dashboardUrl?: string): (string | undefined)[] {
  const raw = signal("a", slo === undefined ? {} : { labels: { slo } }, { startsAt: START_MS, ...more });
  const clean = cleanSignal(raw, "evaluator", START_MS + 1_000, dashboardUrl);
  return [clean?.runbookUrl, clean?.dashboardUrl];
}

describe("the links of an alert", () => {
  const runbook = { runbookUrl: "runbooks/high-error-rate.md" };

  it("lead to its runbook and to its SLO on the dashboard, half an hour around its beginning", () => {
    expect(linksOf(runbook, "api-availability", "https://dash.example")).toEqual([
      "https://dash.example/runbooks/high-error-rate",
      `https://dash.example/slos/api-availability?${AROUND}`,
    ]);
  });

  it("lead to its worker where it is of no SLO", () => {
    expect(linksOf({}, undefined, "https://dash.example")).toEqual([
      undefined,
      `https://dash.example/workers?${AROUND}&worker=api`,
    ]);
  });

  it("stay as they are where they lead elsewhere already", () => {
    const own = { runbookUrl: "https://wiki.example/x", dashboardUrl: "https://grafana.example/y" };
    for (const dashboard of [undefined, "https://dash.example"]) {
      expect(linksOf(own, undefined, dashboard)).toEqual([own.runbookUrl, own.dashboardUrl]);
    }
  });

  it("are left out where there is no dashboard, and where they lead to no page", () => {
    expect(linksOf(runbook)).toEqual([undefined, undefined]);
    expect(linksOf({ runbookUrl: "javascript:alert(1)" }, undefined, "https://dash.example")[0]).toBeUndefined();
    expect(linksOf({ runbookUrl: "runbooks/../secret.md" }, undefined, "https://dash.example")[0]).toBeUndefined();
  });
});
