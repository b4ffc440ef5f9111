import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AlertLabels } from "../model/signal.ts";
import type { MinuteCell } from "./cell.ts";
import {
  alertsJsonSchema,
  explainRoute,
  parseAlerts,
  rehearseRule,
  routingOf,
  signalsOfRules,
  type AlertConfig,
} from "./index.ts";

const ROOT = new URL("../../../../", import.meta.url).pathname;

function shipped(): AlertConfig {
  const parsed = parseAlerts({ file: "config/alerts.yaml", text: readFileSync(`${ROOT}config/alerts.yaml`, "utf8") });
  expect(parsed.issues).toEqual([]);
  if (!parsed.config) throw new Error("the shipped rules are not valid");
  return parsed.config;
}

const NOW = 1_000;
const place = { worker: "api-gateway", environment: "production", team: "platform", endpoint: "", subject: "" };

/** The same figures in each of the last 65 minutes. */
function steady(figures: Partial<MinuteCell>): MinuteCell[] {
  return Array.from({ length: 65 }, (_, ago) => ({ ...place, minute: NOW - ago, ...figures }));
}

/** What fires, with who hears of it. */
function told(cells: readonly MinuteCell[]): Record<string, string[]> {
  const config = shipped();
  const signals = signalsOfRules(config.rules, { minute: NOW, cells, known: [] });
  return Object.fromEntries(signals.map(({ name, labels }) => [name, [...routingOf(config).decide(labels).targets]]));
}

const EVERYWHERE = ["email:alerts@monotask.dev", "slack:#monotask-oncall", "pagerduty", "log"];
const SLACK = ["slack:#monotask-oncall", "log"];
const LOG = ["log"];

describe("the specification's alert channels", () => {
  it.each<[string, string, Partial<MinuteCell>, string[]]>([
    // Critical: Email + Slack + PagerDuty
    ["Error rate > 5%", "rule:error-rate-critical", { requests: 1_000, errors: 51 }, EVERYWHERE],
    ["API availability < 99%", "rule:availability-critical", { requests: 1_000, errors: 11 }, EVERYWHERE],
    ["Queue depth > 500", "rule:queue-depth-critical", { queueDepth: 501, subject: "tasks" }, EVERYWHERE],
    ["Database errors > 5%", "rule:database-errors-critical", { queries: 1_000, failedQueries: 51 }, EVERYWHERE],
    // Warning: Slack
    ["Error rate > 1%", "rule:error-rate-warning", { requests: 1_000, errors: 11 }, SLACK],
    ["P95 latency exceeds SLO", "rule:latency-warning", { requests: 100, fromMs: 200, endpoint: "/api/x" }, SLACK],
    ["Queue depth > 100", "rule:queue-depth-warning", { queueDepth: 101, subject: "tasks" }, SLACK],
    ["Slow database queries", "rule:slow-queries-warning", { queries: 1_000, slowQueries: 200, verySlowQueries: 51 }, SLACK],
    // Info: logged only
    ["Validation errors", "rule:validation-errors-info", { errorCount: 30, subject: "validation" }, LOG],
    ["Rate limit responses", "rule:rate-limited-info", { errorCount: 30, subject: "rate-limit" }, LOG],
  ])("%s: %s is told", (_, name, figures, targets) => {
    expect(told(steady(figures))[name]).toEqual(targets);
  });

  it.each<[string, Partial<MinuteCell>]>([
    ["Error rate of 1%", { requests: 1_000, errors: 10 }],
    ["API availability of 99%", { requests: 1_000, errors: 10 }],
    ["Queue depth of 100", { queueDepth: 100, subject: "tasks" }],
    ["P95 latency inside its SLO", { requests: 1_000, fromMs: 0, endpoint: "/api/x" }],
    ["Database errors of 1%", { queries: 1_000, failedQueries: 10 }],
    ["P95 of queries at the limit", { queries: 1_000, verySlowQueries: 50 }],
    ["Individual request failures", { requests: 1, errors: 1 }],
  ])("%s tells nobody", (_, figures) => {
    expect(told(steady(figures))).toEqual({});
  });
});

describe("the specification's runbooks", () => {
  it.each<[string, string, Partial<MinuteCell>]>([
    ["Error rate > 1% sustained for 5+ minutes", "high-error-rate", { requests: 1_000, errors: 11 }],
    ["Queue depth > 100 messages sustained", "queue-backup", { queueDepth: 101, subject: "tasks" }],
    ["P95 query latency > 100ms", "database-slow", { queries: 1_000, verySlowQueries: 51 }],
    ["Timeout rate > 2%", "worker-timeout", { requests: 1_000, timeouts: 21 }],
    ["Active sandboxes > 20", "sandbox-stuck", { sandboxesActive: 21, subject: "agents" }],
    ["timeout rate > 5%", "sandbox-stuck", { executions: 1_000, executionTimeouts: 51 }],
  ])("%s leads to %s", (_, runbook, figures) => {
    const config = shipped();
    const [signal] = signalsOfRules(config.rules, {
      minute: NOW,
      cells: steady(figures),
      known: [],
    });
    expect(signal?.runbookUrl).toBe(`runbooks/${runbook}.md`);
  });

  it("are named by every rule, and are there", () => {
    for (const rule of shipped().rules) expect([rule.name, existsSync(`${ROOT}${rule.runbook}`)]).toEqual([rule.name, true]);
  });
});

describe("the shipped rules say all of themselves", () => {
  it.each([
    ["error-rate-critical", { windowMinutes: 5, forMinutes: 5, minEvents: 100, minBad: 5 }],
    ["error-rate-warning", { windowMinutes: 5, forMinutes: 5, minEvents: 100, minBad: 5 }],
    ["database-errors-critical", { windowMinutes: 5, forMinutes: 5, minEvents: 100, minBad: 5 }],
    ["availability-critical", { windowMinutes: 60, minEvents: 100, minBad: 5 }],
    ["queue-depth-critical", { forMinutes: 5 }],
    ["latency-warning", { windowMinutes: 15, minEvents: 200, per: ["endpoint"] }],
    ["worker-timeout-warning", { windowMinutes: 5, orStatus: { status: 504, minutes: 5 } }],
  ])("%s", (name, fields) => {
    expect(shipped().rules.find((rule) => rule.name === name)).toMatchObject(fields);
  });
});

describe("a drill of a shipped rule", () => {
  it.each(shipped().rules.map(({ name }) => [name]))("breaks %s with made-up measurements, beyond its limit", (name) => {
    const rule = shipped().rules.find((one) => one.name === name);
    const signal = rule && rehearseRule(rule, NOW);
    expect(signal).toMatchObject({ name: `rule:${name}`, status: "firing" });
    expect(signal?.threshold?.replaceAll(" ", "")).toBe(rule?.limitText.replaceAll(" ", ""));
    expect(signal?.labels.severity).toBe(rule?.severity);
  });
});

describe("the shipped routes", () => {
  const labels = (more: Partial<AlertLabels>): AlertLabels => ({
    worker: "x",
    environment: "production",
    team: "platform",
    symptom: "errors",
    severity: "critical",
    ...more,
  });

  it("page for production alone", () => {
    const decision = routingOf(shipped()).decide(labels({ environment: "staging" }));
    expect(decision.targets).toEqual(["email:alerts@monotask.dev", "slack:#monotask-oncall", "log"]);
    expect(decision.route).toContain("not production: no page");
  });

  it("name the line that decided", () => {
    const config = shipped();
    const { route, steps } = explainRoute(config, labels({ severity: "warning" }), 0);
    const line = Number(/^config\/alerts\.yaml:(\d+) routes\[1\] severity=warning$/.exec(route)?.[1]);
    const text = readFileSync(`${ROOT}config/alerts.yaml`, "utf8").split("\n")[line - 1];
    expect(text).toBe("  - match: severity=warning");
    expect(steps.map(({ outcome }) => outcome)).toEqual(["did not match", "matched", "not looked at", "not looked at"]);
  });

  it("escalate as the specification's levels say: after 15 min, and after 30 min more", () => {
    expect(shipped().levels.map(({ afterMs }) => afterMs / 60_000)).toEqual([15, 30]);
  });
});

it("the JSON Schema for editors is the parser's own", () => {
  const schema: unknown = JSON.parse(readFileSync(`${ROOT}config/alerts-schema.json`, "utf8"));
  expect(schema).toEqual(JSON.parse(JSON.stringify(alertsJsonSchema)));
});
