import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { signal } from "../../test/signals.ts";
import { cleanSignal } from "./clean-signal.ts";
import { LINKED_PANELS, panelOf } from "./panel-of.ts";
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

  it("lead to the panel that shows it where it is of no SLO", () => {
    expect(linksOf({}, undefined, "https://dash.example")).toEqual([
      undefined,
      `https://dash.example/sections/worker-health?${AROUND}&worker=api&panel=error-rate`,
    ]);
  });

  it.each([
    ["rule:error-rate-critical", "errors", "worker-health error-rate"],
    ["rule:latency-warning", "latency", "performance latency-p95"],
    ["rule:slow-queries-warning", "latency", "performance d1-time"],
    ["rule:queue-depth-critical", "saturation", "queue-metrics queue-depth"],
    ["queue:poison", "errors", "queue-metrics dlq-count"],
    ["rule:sandboxes-active-warning", "saturation", "sandbox-metrics sandbox-active"],
    ["rule:sandbox-timeouts-warning", "errors", "sandbox-metrics sandbox-timeouts"],
  ] as const)("of %s lead to the panel %s", (name, symptom, place) => {
    const { section, panel } = panelOf(name, { symptom });
    expect(`${section} ${panel}`).toBe(place);
  });

  it("lead to panels that the shipped dashboard has", () => {
    const file = join(import.meta.dirname, "../../../../config/cloudflare-dashboard.json");
    const { sections } = JSON.parse(readFileSync(file, "utf8")) as {
      sections: readonly { id: string; panels: readonly { id: string }[] }[];
    };
    const known = sections.flatMap(({ id, panels }) => panels.map((panel) => `${id} ${panel.id}`));
    expect(LINKED_PANELS.map(({ section, panel }) => `${section} ${panel}`).filter((place) => !known.includes(place))).toEqual(
      [],
    );
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

  it.each([
    ["runbooks/high-error-rate.md", "high-error-rate"],
    ["https://dashboard.example/runbooks/high-error-rate.md", "high-error-rate"],
    ["https://wiki.example/ours", undefined],
    ["runbooks/../secret.md", undefined],
  ])("of the runbook %s name the page %s, also where there is no dashboard", (runbookUrl, page) => {
    expect(cleanSignal(signal("a", {}, { runbookUrl }), "evaluator", START_MS)?.runbook).toBe(page);
  });
});
