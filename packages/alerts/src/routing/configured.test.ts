import { describe, expect, it } from "vitest";
import type { AlertLabels } from "../model/signal.ts";
import { explainRoute, parseAlerts, quietAt, routingOf, type AlertConfig } from "../rules/index.ts";

function config(routes: string, more = ""): AlertConfig {
  const text = `apiVersion: monotask.dev/alerts/v1
rules: [{ name: r, measure: error-rate, above: 5%, severity: warning, window: 5m, runbook: r.md }]
routes:
${routes}
fallback: { targets: ["slack:#nobody-else"] }
${more}`;
  const parsed = parseAlerts({ file: "alerts.yaml", text });
  if (!parsed.config) throw new Error(JSON.stringify(parsed.issues));
  return parsed.config;
}

function labels(more: Partial<AlertLabels> = {}): AlertLabels {
  return { worker: "api", environment: "production", team: "platform", symptom: "errors", severity: "critical", ...more };
}

const LEVELS = 'escalation: { levels: [{ after: 15m, targets: ["email:lead@example.com"] }] }';

describe("routes", () => {
  const table = config(`  - { match: [team=payments, severity=critical], targets: ["slack:#payments", pagerduty] }
  - { match: worker=api-*, targets: [slack] }
  - { match: [environment=staging], targets: [pagerduty], pagesOutsideProduction: yes }`);

  it.each<[string, Partial<AlertLabels>, string[]]>([
    ["by team and severity together", { team: "payments" }, ["slack:#payments", "pagerduty", "log"]],
    ["not by team alone", { team: "payments", severity: "warning" }, ["slack:#nobody-else", "log"]],
    ["by worker, with a star", { worker: "api-gateway" }, ["slack", "log"]],
    ["by environment", { environment: "staging" }, ["pagerduty", "log"]],
    ["else by the fallback", {}, ["slack:#nobody-else", "log"]],
  ])("%s", (_, more, targets) => {
    expect(routingOf(table).decide(labels(more)).targets).toEqual(targets);
  });

  it("say why each line before did not decide", () => {
    const { steps, route } = explainRoute(table, labels({ worker: "api-x", team: "payments", severity: "info" }), 0);
    expect(steps.map(({ line, outcome, failed }) => [line, outcome, failed])).toEqual([
      [4, "did not match", "severity=critical"],
      [5, "matched", undefined],
      [6, "not looked at", undefined],
      [7, "not looked at", undefined],
    ]);
    expect(route).toBe("alerts.yaml:5 routes[1] worker=api-*");
  });

  it.each<[string, string, Partial<AlertLabels>, number]>([
    ["is PagerDuty's where PagerDuty is told", "targets: [slack, pagerduty]", {}, 0],
    ["is ours where a route says so", "targets: [slack, pagerduty], escalation: ours", {}, 1],
    ["is ours where PagerDuty is not told", "targets: [slack]", {}, 1],
    ["is none where a route says so", "targets: [slack], escalation: none", {}, 0],
    ["is none of a warning", "targets: [slack]", { severity: "warning" }, 0],
    ["is none outside production", "targets: [slack]", { environment: "staging" }, 0],
  ])("escalation %s", (_, fields, more, levels) => {
    const { escalation } = routingOf(config(`  - { match: team=platform, ${fields} }`, LEVELS)).decide(labels(more));
    expect(escalation).toHaveLength(levels);
  });
});

describe("quiet hours", () => {
  const muted = (fields: string) => config("  - { match: a=b, targets: [log] }", `muteTimes: [{ name: m, ${fields} }]`).muteTimes;
  const until = (fields: string, now: string, more: Partial<AlertLabels> = { severity: "warning" }): string | null => {
    const quiet = quietAt(muted(fields), labels(more), Date.parse(now));
    return quiet && new Date(quiet.untilMs).toISOString().slice(0, 16);
  };
  const NIGHT = 'timeZone: Europe/Vienna, from: "22:00", to: "07:00"';

  it.each([
    ["before they begin", "2026-11-24T20:59Z", null],
    ["at their begin", "2026-11-24T21:00Z", "2026-11-25T06:00"],
    ["after midnight", "2026-11-25T05:59Z", "2026-11-25T06:00"],
    ["at their end", "2026-11-25T06:00Z", null],
    ["in summer", "2026-07-01T20:00Z", "2026-07-02T05:00"],
    // 29 March: 02:00 → 03:00. 25 October: 03:00 → 02:00.
    ["in the short night", "2026-03-28T22:00Z", "2026-03-29T05:00"],
    ["in the long night", "2026-10-24T21:00Z", "2026-10-25T06:00"],
  ])("%s", (_, now, end) => {
    expect(until(NIGHT, now)).toBe(end);
  });

  it("begin in the hour that a spring night does not have as long after it", () => {
    expect(until('timeZone: Europe/Vienna, from: "02:30", to: "04:00"', "2026-03-29T01:29Z")).toBe(null);
    expect(until('timeZone: Europe/Vienna, from: "02:30", to: "04:00"', "2026-03-29T01:30Z")).toBe("2026-03-29T02:00");
  });

  it("count both passes of the hour that an autumn night has twice", () => {
    const hours = 'timeZone: Europe/Vienna, from: "02:00", to: "03:00"';
    expect(until(hours, "2026-10-25T00:30Z")).toBe("2026-10-25T02:00");
    expect(until(hours, "2026-10-25T01:30Z")).toBe("2026-10-25T02:00");
    expect(until(hours, "2026-10-25T02:00Z")).toBe(null);
  });

  it("of Friday last into Saturday", () => {
    expect(until(`${NIGHT}, days: fr`, "2026-11-28T02:00Z")).toBe("2026-11-28T06:00");
    expect(until(`${NIGHT}, days: fr`, "2026-11-28T22:00Z")).toBe(null);
  });

  it("are whole days by date", () => {
    const holidays = 'timeZone: Europe/Vienna, firstDay: "2026-12-24", lastDay: "2026-12-26"';
    expect(until(holidays, "2026-12-23T22:59Z")).toBe(null);
    expect(until(holidays, "2026-12-23T23:00Z")).toBe("2026-12-24T23:00");
    expect(until(holidays, "2026-12-26T22:59Z")).toBe("2026-12-26T23:00");
    expect(until(holidays, "2026-12-26T23:00Z")).toBe(null);
  });

  it("hold back warnings, critical alerts only by explicit flag", () => {
    const now = "2026-11-24T22:00Z";
    expect(until(NIGHT, now, { severity: "critical" })).toBe(null);
    expect(until(`${NIGHT}, critical: mute`, now, { severity: "critical" })).toBe(null);
    expect(until(`${NIGHT}, critical: mute, match: worker=*`, now, { severity: "critical" })).toBe("2026-11-25T06:00");
  });
});
