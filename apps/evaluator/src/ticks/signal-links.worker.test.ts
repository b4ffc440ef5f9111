import type { AlertSignal } from "@monotask/alerts";
import { describe, expect, it } from "vitest";
import { withLinks } from "./signal-links.ts";

const START_MS = Date.UTC(2026, 10, 24, 3, 12);
const SIGNAL: AlertSignal = {
  name: "slo:api-availability:page-fast",
  labels: {
    worker: "api",
    environment: "production",
    team: "core",
    symptom: "availability",
    severity: "critical",
    slo: "api-availability",
  },
  status: "firing",
  startsAt: START_MS,
  summary: "burns",
  description: "",
  runbookUrl: "runbooks/high-error-rate.md",
};

describe("the links of a signal", () => {
  it("lead to its runbook and to its SLO, half an hour around its beginning", () => {
    const { runbookUrl, dashboardUrl } = withLinks(SIGNAL, "https://dash.example");
    expect(runbookUrl).toBe("https://dash.example/runbooks/high-error-rate");
    expect(dashboardUrl).toBe(
      `https://dash.example/slos/api-availability?from=${START_MS - 1_800_000}&to=${START_MS + 1_800_000}&environment=production`,
    );
  });

  it("lead to its worker where it is of no SLO", () => {
    const { slo: _slo, ...labels } = SIGNAL.labels;
    const { dashboardUrl } = withLinks({ ...SIGNAL, labels }, "https://dash.example");
    expect(dashboardUrl).toMatch(/^https:\/\/dash\.example\/workers\?.*&worker=api$/);
  });

  it("stay as they are where they lead elsewhere already, or there is no dashboard", () => {
    const own = { ...SIGNAL, runbookUrl: "https://wiki.example/x", dashboardUrl: "https://grafana.example/y" };
    expect(withLinks(own, "https://dash.example")).toEqual(own);
    expect(withLinks(SIGNAL, undefined)).toBe(SIGNAL);
  });
});
