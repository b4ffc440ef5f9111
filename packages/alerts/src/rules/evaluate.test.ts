import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyState, step, viewOf } from "../index.ts";
import type { MinuteCell } from "./cell.ts";
import { evaluateRule, parseAlerts, signalsOfRules, type Rule, type RuleTick } from "./index.ts";

const NOW = 1_000;
const place = { worker: "api", environment: "production", team: "platform", endpoint: "", subject: "" };

function ruleOf(fields: string): Rule {
  const text = `apiVersion: monotask.dev/alerts/v1
rules:
  - { name: r, severity: warning, runbook: r.md, ${fields} }
routes: [{ match: severity=warning, targets: [log] }]
fallback: { targets: [log] }`;
  const { config, issues } = parseAlerts({ file: "a.yaml", text });
  const rule = config?.rules[0];
  if (!rule) throw new Error(JSON.stringify(issues));
  return rule;
}

/** Error counts of 100 requests a minute, the newest last; null is a minute without requests. */
function minutes(errors: readonly (number | null)[]): MinuteCell[] {
  return errors.flatMap((count, at) =>
    count === null ? [] : [{ ...place, minute: NOW - errors.length + 1 + at, requests: 100, errors: count }],
  );
}

function stateOf(rule: Rule, cells: readonly MinuteCell[]): string {
  return evaluateRule(rule, cells, NOW)
    .map(({ state }) => state)
    .join();
}

describe("a rule", () => {
  const rate = ruleOf("measure: error-rate, above: 5%, window: 2m, for: 3m, minEvents: 100, minBad: 5");

  it.each<[string, (number | null)[], string]>([
    ["held in the window at the end of each of three minutes", [20, 20, 20, 20], "firing"],
    ["held for two minutes", [0, 0, 20, 20], "pending"],
    ["let go in between", [20, 20, 0, 0, 20], "pending"],
    ["was not held", [5, 5, 5, 5], "ok"],
    ["stands exactly at its limit", [5, 5, 5, 5], "ok"],
    ["has nothing to count", [20, 20, null, null], "no-data"],
  ])("that %s", (_, errors, state) => {
    expect(stateOf(rate, minutes(errors))).toBe(state);
  });

  it("says nothing of a worker that it has never seen", () => {
    expect(stateOf(rate, [])).toBe("");
  });

  it.each([
    ["too few events", "minEvents: 201, minBad: 0", "ok"],
    ["just enough events", "minEvents: 200, minBad: 0", "firing"],
    ["too few bad events", "minEvents: 0, minBad: 41", "ok"],
    ["just enough bad events", "minEvents: 0, minBad: 40", "firing"],
  ])("with %s in the window", (_, minimum, state) => {
    const rule = ruleOf(`measure: error-rate, above: 5%, window: 2m, ${minimum}`);
    expect(stateOf(rule, minutes([20, 20]))).toBe(state);
  });

  it("begins where its condition began", () => {
    expect(evaluateRule(rate, minutes([0, 0, 20, 20, 20]), NOW)).toMatchObject([{ state: "firing", sinceMinute: NOW - 2 }]);
  });

  it("is kept for as long as it says after it last held", () => {
    const rule = ruleOf("measure: error-rate, above: 5%, window: 1m, keepFiringFor: 2m");
    expect(stateOf(rule, minutes([20, 0, 0]))).toBe("firing");
    expect(stateOf(rule, minutes([20, 0, 0, 0]))).toBe("ok");
  });

  it("judges workers and endpoints apart", () => {
    const rule = ruleOf("measure: latency, above: 200ms, window: 1m, per: endpoint");
    const cell = { ...place, minute: NOW };
    const verdicts = evaluateRule(
      rule,
      [
        { ...cell, endpoint: "/a", requests: 94, fromMs: 0 },
        { ...cell, endpoint: "/a", requests: 6, fromMs: 200 },
        { ...cell, endpoint: "/b", requests: 95, fromMs: 0 },
        { ...cell, endpoint: "/b", requests: 5, fromMs: 500 },
        { ...cell, worker: "other", endpoint: "/a", requests: 100, fromMs: 0 },
      ],
      NOW,
    );
    expect(verdicts.map(({ worker, labels, state }) => [worker, labels["endpoint"], state])).toEqual([
      ["api", "/a", "firing"],
      ["api", "/b", "ok"],
      ["other", "/a", "ok"],
    ]);
  });

  it("measures production unless it says otherwise", () => {
    const cells = minutes([50]).map((cell) => ({ ...cell, environment: "staging" }));
    expect(stateOf(ruleOf("measure: error-rate, above: 5%, window: 1m"), cells)).toBe("");
    expect(stateOf(ruleOf("measure: error-rate, above: 5%, window: 1m, where: environment=staging"), cells)).toBe("firing");
  });

  it("reads a gauge as it stands in the newest minute", () => {
    const rule = ruleOf("measure: queue-depth, above: 100, window: 5m");
    const depth = (minute: number, queueDepth: number): MinuteCell => ({ ...place, subject: "tasks", minute, queueDepth });
    expect(stateOf(rule, [depth(NOW - 3, 900), depth(NOW - 1, 50)])).toBe("ok");
    expect(stateOf(rule, [depth(NOW - 3, 50), depth(NOW - 1, 101), depth(NOW - 1, 90)])).toBe("firing");
    expect(stateOf(rule, [depth(NOW - 5, 900)])).toBe("");
  });

  it("of timeouts holds as well when 504 was answered in 5 minutes without a gap", () => {
    const rule = ruleOf("measure: timeout-rate, above: 2%, window: 5m, minEvents: 100, orStatus: { status: 504, minutes: 5 }");
    const answered = (gateway: readonly number[]): MinuteCell[] =>
      gateway.map((count, at) => ({
        ...place,
        minute: NOW - gateway.length + 1 + at,
        requests: 1_000,
        timeouts: count,
        statuses: { 504: count },
      }));
    expect(evaluateRule(rule, answered([1, 1, 1, 1, 1]), NOW)).toMatchObject([{ state: "firing", because: "status" }]);
    expect(stateOf(rule, answered([1, 1, 0, 1, 1]))).toBe("ok");
    expect(stateOf(rule, answered([1, 1, 1, 1]))).toBe("ok");
    expect(evaluateRule(rule, answered([0, 0, 0, 0, 101]), NOW)).toMatchObject([{ state: "firing", because: "limit" }]);
  });
});

describe("what AlertManager is told", () => {
  const rules = [ruleOf("measure: error-rate, above: 5%, window: 1m")];
  const labels = { worker: "api", environment: "production", team: "platform", symptom: "errors", severity: "warning" };
  const known: RuleTick["known"] = [{ name: "rule:r", labels, status: "firing", startsAtMs: 0 }];
  const tick = (cells: readonly MinuteCell[], open: RuleTick["known"] = known) =>
    signalsOfRules(rules, { minute: NOW, cells, known: open }).map(({ name, status }) => `${name} ${status}`);

  const cell = (errors: number, odd: Partial<MinuteCell> = {}): MinuteCell[] =>
    minutes([errors]).map((one) => ({ ...one, ...odd }));
  /** AlertManager's alerts after a tick whose cells are bad and one whose cells are good. */
  const afterwards = (rule: Rule, bad: MinuteCell[], good: MinuteCell[]): number[] => {
    let state = emptyState;
    const counts: number[] = [];
    for (const [at, cells] of [bad, good].entries()) {
      const open = [...state.alerts.values()].map(viewOf);
      const signals = signalsOfRules([rule], { minute: NOW, cells, known: open });
      ({ state } = step(state, { kind: "raise", batch: { id: `rules:${at}`, signals, source: "evaluator" } }, at));
      counts.push(state.alerts.size);
    }
    return counts;
  };

  it("is that a rule fires, each minute", () => {
    expect(tick(minutes([50]), [])).toEqual(["rule:r firing"]);
    expect(tick(minutes([50]))).toEqual(["rule:r firing"]);
  });

  it("is the end of what it has and no rule holds", () => {
    expect(tick(minutes([0]))).toEqual(["rule:r resolved"]);
    expect(tick(minutes([0]), [])).toEqual([]);
  });

  it("is nothing where nothing was measured: it neither fires nor ends", () => {
    expect(tick([])).toEqual([]);
  });

  it("is the end of an alert whose rule was taken out", () => {
    const signals = signalsOfRules([], { minute: NOW, cells: minutes([50]), known });
    expect(signals).toMatchObject([{ name: "rule:r", status: "resolved", labels }]);
  });

  it.each([
    ["longer than what is kept of one", { endpoint: `/api/${"a".repeat(300)}` }],
    ["with a character that does not belong there", { endpoint: "/api/\u001b[2J" }],
    ["of a worker without a name", { endpoint: "/", worker: "" }],
  ])("is the end of an alert whose labels are %s", (_, odd) => {
    const perEndpoint = ruleOf("measure: error-rate, above: 5%, window: 2m, per: [endpoint]");
    expect(afterwards(perEndpoint, cell(50, odd), cell(0, odd))).toEqual([1, 0]);
  });

  it("is the end of an alert whose worker has got another team meanwhile", () => {
    const rule = ruleOf("measure: error-rate, above: 5%, window: 1m");
    expect(afterwards(rule, cell(50), cell(0, { team: "payments" }))).toEqual([1, 0]);
  });

  it("leaves other rooms' alerts alone", () => {
    expect(
      signalsOfRules([], { minute: NOW, cells: [], known: known.map((one) => ({ ...one, name: "slo:api:page-1h" })) }),
    ).toEqual([]);
  });
});

describe("for any counts", () => {
  const rule = ruleOf("measure: error-rate, above: 5%, window: 3m, for: 2m, minEvents: 10, keepFiringFor: 1m");
  const counts = fc.array(fc.record({ requests: fc.nat(200), bad: fc.nat(100) }), { minLength: 1, maxLength: 12 });
  const cellsOf = (list: readonly { requests: number; bad: number }[]): MinuteCell[] =>
    list.map(({ requests, bad }, at) => ({
      ...place,
      minute: NOW - list.length + 1 + at,
      requests,
      errors: Math.min(bad, requests),
    }));

  it("the order of cells and their split over endpoints change nothing", () => {
    fc.assert(
      fc.property(counts, (list) => {
        const cells = cellsOf(list);
        const split = cells.flatMap((cell) => [
          { ...cell, endpoint: "/a", requests: Math.floor((cell.requests ?? 0) / 2), errors: 0 },
          { ...cell, endpoint: "/b", requests: Math.ceil((cell.requests ?? 0) / 2) },
        ]);
        expect(stateOf(rule, split.reverse())).toBe(stateOf(rule, cells));
      }),
      { seed: 20_261_124 },
    );
  });

  it("one bad event more never ends an alert", () => {
    fc.assert(
      fc.property(counts, fc.nat(11), (list, at) => {
        const worse = list.map((one, index) => (index === at % list.length ? { ...one, bad: one.bad + 1 } : one));
        if (stateOf(rule, cellsOf(list)) === "firing") expect(stateOf(rule, cellsOf(worse))).toBe("firing");
      }),
      { seed: 20_261_124 },
    );
  });
});
