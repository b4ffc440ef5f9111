import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSlos } from "../index.ts";
import type { Slo } from "../index.ts";

const path = "../../../../config/slos.yaml";
const text = readFileSync(new URL(path, import.meta.url), "utf8");
const { slos, probes, issues } = parseSlos([{ file: "config/slos.yaml", text }]);

/** What the specification asks for, in its own figures: target, window in minutes, condition. */
const SPECIFIED: readonly [name: string, target: string, windowMinutes: number, good: string][] = [
  ["api-availability", "99.9%", 43_200, "availability"],
  ["database-availability", "99.95%", 43_200, "success"],
  ["api-gateway-latency", "95%", 43_200, "< 200 ms"],
  ["task-operations-latency", "95%", 43_200, "< 500 ms"],
  ["agent-execution-p95", "95%", 43_200, "< 30000 ms"],
  ["agent-execution-p99", "99%", 43_200, "< 60000 ms"],
  ["queue-processing", "95%", 43_200, "< 5000 ms"],
  ["d1-queries-p95", "95%", 43_200, "< 50 ms"],
  ["d1-queries-p99", "99%", 43_200, "< 100 ms"],
  ["overall-error-rate", "99%", 60, "availability"],
  ["queue-success", "99%", 1_440, "success"],
  ["sandbox-provisioning", "95%", 43_200, "< 2000 ms"],
  ["sandbox-timeouts", "98%", 1_440, "no-timeout"],
];

describe("the shipped catalogue", () => {
  it("has no issue, not even a warning", () => {
    expect(issues).toEqual([]);
  });

  it("holds the specification's 13 objectives, figure by figure", () => {
    expect(slos.map((slo) => [slo.name, slo.targetText, slo.window.minutes, conditionOf(slo)])).toEqual(SPECIFIED);
  });

  it("takes the rates as strict: exactly 1 % of errors is not below 1 %", () => {
    expect(slos.filter((slo) => slo.isStrict).map((slo) => slo.name)).toEqual([
      "overall-error-rate",
      "queue-success",
      "sandbox-timeouts",
    ]);
  });

  it("allows the API 43.2 minutes of outage a month", () => {
    const api = slos.find((slo) => slo.name === "api-availability");
    if (api === undefined) throw new Error("no api-availability");
    expect((api.window.minutes * (api.target.den - api.target.num)) / api.target.den).toBe(43.2);
  });

  it("alerts above 10× over an hour and five minutes, and below a tenth of the budget", () => {
    const monthly = slos.filter((slo) => slo.window.minutes === 43_200);
    expect(new Set(monthly.map((slo) => slo.budgetAlerts.hasLevels))).toEqual(new Set([true]));
    expect(monthly.map(({ budgetAlerts: { burn } }) => burn && [burn.factor, burn.longMinutes, burn.shortMinutes])).toEqual(
      monthly.map(() => [{ num: 10, den: 1 }, 60, 5]),
    );
  });

  it("gives short windows one pair: the window and its last twelfth at 1×", () => {
    const short = slos.filter((slo) => slo.window.minutes < 10_080);
    expect(short.map((slo) => slo.rules.map((rule) => [rule.longMinutes, rule.shortMinutes, rule.factor]))).toEqual([
      [[60, 5, { num: 1, den: 1 }]],
      [[1_440, 120, { num: 1, den: 1 }]],
      [[1_440, 120, { num: 1, den: 1 }]],
    ]);
  });

  it("probes the health of the API each minute, once its address is set", () => {
    expect(probes).toEqual([
      {
        name: "api-health",
        url: "${API_URL}/health",
        method: "GET",
        worker: "monotask-demo",
        environment: "production",
        statuses: [{ from: 200, to: 299 }],
        body: '"status":"ok"',
        timeoutMs: 5_000,
        intervalMinutes: 1,
      },
    ]);
  });

  it("names a runbook for each objective, and counts production alone", () => {
    expect(slos.filter((slo) => slo.runbook === undefined)).toEqual([]);
    expect(new Set(slos.map((slo) => slo.indicator.filter.environment?.join()))).toEqual(new Set(["production"]));
  });
});

function conditionOf({ indicator: { good } }: Slo): string {
  return good.kind === "latency" ? `< ${good.thresholdMs} ms` : good.kind;
}
