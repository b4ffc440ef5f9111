import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatIssues, ISSUE_CODES, parseSlos, sloJsonSchema } from "../index.ts";
import type { Slo } from "../index.ts";
import { AVAILABILITY, availabilitySlo, nativeFile, sloOf } from "../test/fixtures.ts";

const config = (name: string): string => readFileSync(new URL(`../../../../config/${name}`, import.meta.url), "utf8");

describe("targets", () => {
  it.each([
    ["99.9%", 999, 1_000],
    ["99.90 %", 999, 1_000],
    ["95%", 19, 20],
    ["99.99999%", 9_999_999, 10_000_000],
    ["0.5%", 1, 200],
  ])("%s is exactly %i/%i", (text, num, den) => {
    expect(availabilitySlo(text)).toMatchObject({ target: { num, den }, targetText: text });
  });
});

describe("an entry", () => {
  it("has a 30-day window, the default table and production when nothing else is said", () => {
    const slo = availabilitySlo("99.9%");
    expect(slo.window).toEqual({ kind: "rolling", minutes: 43_200 });
    expect(slo.rules.map((rule) => rule.id)).toEqual(["page-fast", "page-slow", "ticket-fast", "ticket-slow"]);
    expect(slo.indicator.filter).toEqual({ environment: ["production"] });
  });

  it("filters by one value or a list, and says so where staging is meant", () => {
    const slo = sloOf([
      "indicator: { kind: request, filter: { worker: api, method: [GET, HEAD], environment: staging }, good: availability }",
      'target: "99%"',
    ]);
    expect(slo.indicator.filter).toEqual({ worker: ["api"], method: ["GET", "HEAD"], environment: ["staging"] });
  });

  it("keeps who owns it, what to do and its labels", () => {
    const slo = availabilitySlo(
      "99%",
      "runbook: runbooks/high-error-rate.md",
      "owner: sre",
      "labels: { team: core }",
      "noData: { after: 1h }",
    );
    expect(slo).toMatchObject({
      runbook: "runbooks/high-error-rate.md",
      owner: "sre",
      labels: { team: "core" },
      noData: { afterMinutes: 60 },
    });
  });

  it("with a latency threshold counts what is faster as good", () => {
    const slo = sloOf(["indicator: { kind: request, latency: { threshold: 1s500ms } }", 'target: "99%"']);
    expect(slo.indicator.good).toEqual({ kind: "latency", thresholdMs: 1_500 });
  });

  it("with p95: 200ms asks for 95 % below 200 ms", () => {
    const slo = sloOf(["indicator: { kind: request }", "percentile: { p95: 200ms }"]);
    expect(slo).toMatchObject({
      name: "api",
      target: { num: 19, den: 20 },
      indicator: { good: { kind: "latency", thresholdMs: 200 } },
    });
  });

  it("with two percentiles is two objectives of one entry", () => {
    const text = nativeFile(["indicator: { kind: request }", "percentile: { p95: 30s, p99: 60s }"]);
    const { slos, issues } = parseSlos([{ file: "a.yaml", text }]);
    expect(issues).toEqual([]);
    expect(slos.map((slo) => [slo.name, slo.entry, slo.targetText])).toEqual([
      ["api-p95", "api", "95%"],
      ["api-p99", "api", "99%"],
    ]);
  });

  it("reads a value shared by anchor like one written out", () => {
    const text = nativeFile([AVAILABILITY, "window: &w 7d", 'target: "99%"', "noData: { after: 5m }", "owner: *w"]);
    expect(parseSlos([{ file: "a.yaml", text }]).slos[0]).toMatchObject({ owner: "7d", window: { minutes: 10_080 } });
  });
});

describe("own window pairs", () => {
  const rulesOf = (...pairs: string[]): Slo["rules"] =>
    sloOf([AVAILABILITY, 'target: "99.9%"', "alerting:", ...pairs.map((pair) => `  - ${pair}`)]).rules;

  it("are ordered and named like the default table", () => {
    const rules = rulesOf(
      "{ severity: ticket, long: 1d, short: 2h, factor: 3 }",
      "{ severity: page, long: 6h, short: 30m, factor: 6 }",
      "{ severity: page, long: 1h, short: 5m, factor: 14.4 }",
      "{ severity: page, long: 12h, short: 1h, factor: 4 }",
    );
    expect(rules.map((rule) => [rule.id, rule.longMinutes])).toEqual([
      ["page-fast", 60],
      ["page-slow", 360],
      ["page-3", 720],
      ["ticket-fast", 1_440],
    ]);
  });

  it("take the factor from a share of the budget, exactly", () => {
    expect(rulesOf("{ severity: page, long: 1h, short: 5m, budget: 2% }")[0]?.factor).toEqual({ num: 72, den: 5 });
  });

  it("read the digits of a factor as written, not as a float", () => {
    expect(rulesOf("{ severity: page, long: 1h, short: 5m, factor: 14.4000001 }")[0]?.factor).toEqual({
      num: 144_000_001,
      den: 10_000_000,
    });
  });

  it("may ask for anything below what a total outage burns", () => {
    expect(rulesOf("{ severity: page, long: 1h, short: 5m, factor: 999.9 }")).toHaveLength(1);
  });
});

describe("a run over files", () => {
  it("reads several documents in a file and several files", () => {
    const one = nativeFile([AVAILABILITY, 'target: "99%"']);
    const two = one.replace("name: api", "name: web");
    const { slos, issues } = parseSlos([
      { file: "a.yaml", text: `${one}---\n${two}` },
      { file: "b.yaml", text: one.replace("name: api", "name: jobs") },
    ]);
    expect(issues).toEqual([]);
    expect(slos.map((slo) => [slo.name, slo.source.file, slo.source.line])).toEqual([
      ["api", "a.yaml", 3],
      ["web", "a.yaml", 10],
      ["jobs", "b.yaml", 3],
    ]);
  });

  it("reports every mistake at once and keeps the entries that are right", () => {
    const good = nativeFile([AVAILABILITY, 'target: "99%"']);
    const text = `${good}  - name: Bad Name\n    service: x\n    indicator: { kind: request, god: availability }\n    target: "100%"\n    window: soon\n`;
    const { slos, issues } = parseSlos([{ file: "a.yaml", text }]);
    expect(slos.map((slo) => slo.name)).toEqual(["api"]);
    expect(issues.map((issue) => issue.code)).toEqual(
      expect.arrayContaining(["bad-name", "unknown-key", "target-out-of-range", "bad-duration"]),
    );
  });

  it("names both places of a name that is used twice", () => {
    const text = nativeFile([AVAILABILITY, 'target: "99%"']);
    const { slos, issues } = parseSlos([
      { file: "a.yaml", text },
      { file: "b.yaml", text },
    ]);
    expect(slos).toHaveLength(1);
    expect(issues).toMatchObject([
      { code: "duplicate-name", file: "b.yaml", line: 3, message: expect.stringContaining("a.yaml:3") as string },
    ]);
  });

  it("suggests the key that was meant", () => {
    const { issues } = parseSlos([{ file: "a.yaml", text: nativeFile([AVAILABILITY, 'tagret: "99%"']) }]);
    expect(issues).toMatchObject([{ code: "unknown-key", hint: 'Did you mean "target"?', path: "slos[0].tagret" }]);
  });

  it("warns of a default pair that a low target cannot reach, and leaves it out", () => {
    const { slos, issues } = parseSlos([{ file: "a.yaml", text: nativeFile([AVAILABILITY, 'target: "90%"']) }]);
    expect(issues).toMatchObject([
      { code: "alerting-default-dropped", severity: "warning", message: expect.stringContaining("page-fast (14.4×)") as string },
    ]);
    expect(slos[0]?.rules.map((rule) => rule.id)).toEqual(["page-slow", "ticket-fast", "ticket-slow"]);
  });

  it("warns of an empty file", () => {
    expect(parseSlos([{ file: "a.yaml", text: "# nothing yet\n" }]).issues).toMatchObject([
      { code: "empty-file", severity: "warning", line: 1 },
    ]);
  });
});

describe("issues as text", () => {
  it("show the line with a caret below the mistake, and the hint", () => {
    const source = { file: "slos.yaml", text: nativeFile([AVAILABILITY, 'target: "100%"']) };
    expect(formatIssues(parseSlos([source]).issues, [source])).toBe(
      [
        "slos.yaml:6:13 error target-out-of-range: a target of 100% is out of range  at slos[0].target",
        "    4 |     service: api",
        "    5 |     indicator: { kind: request, good: availability }",
        '  > 6 |     target: "100%"',
        "      |             ^",
        '  hint: Write more than 0 % and less than 100 %, for example "99.9%": 100 % leaves no budget to measure against.',
      ].join("\n"),
    );
  });

  it("carry a code that is explained", () => {
    expect(Object.values(ISSUE_CODES).every((reason) => reason.length > 10)).toBe(true);
  });
});

describe("the shipped files", () => {
  it("config/slo-schema.json is the schema the parser was made from", () => {
    expect(JSON.parse(config("slo-schema.json"))).toEqual(sloJsonSchema);
  });
});

describe("a pair with a bad of its own", () => {
  const parsed = parseSlos([
    {
      file: "a.yaml",
      text: nativeFile([
        AVAILABILITY,
        'target: "99%"',
        "alerting:",
        "  - { severity: page, long: 1h, short: 5m, factor: 14.4 }",
        "  - { severity: ticket, long: 6h, short: 30m, factor: 2, bad: { status: [429, 5xx] } }",
      ]),
    },
  ]);

  it("is counted beside the SLO, which keeps its other pairs, its budget and its word on missing data", () => {
    expect(parsed.issues).toEqual([]);
    expect(parsed.slos).toMatchObject([
      { name: "api", rules: [{ id: "page-fast" }], budgetAlerts: { hasLevels: true } },
      {
        name: "api-bad-1",
        entry: "api",
        rules: [{ id: "ticket-fast", longMinutes: 360 }],
        indicator: {
          good: {
            badStatuses: [
              { from: 429, to: 429 },
              { from: 500, to: 599 },
            ],
            badOutcomes: [],
          },
        },
        budgetAlerts: { burn: undefined, hasLevels: false },
        noData: { alert: "off" },
      },
    ]);
  });
});
