import { describe, expect, it } from "vitest";
import { parseAlerts } from "./index.ts";

/** Where the mistake stands in a text; the mark itself is taken out. */
const MARK = "¦";

function file(parts: { rule?: string; route?: string; fallback?: string; more?: string } = {}): string {
  const {
    rule = "name: r, measure: error-rate, above: 5%, severity: warning, window: 5m, runbook: r.md",
    route = "match: severity=critical, targets: [slack]",
    fallback = "fallback: { targets: [log] }",
    more = "",
  } = parts;
  return `apiVersion: monotask.dev/alerts/v1\nrules:\n  - { ${rule} }\nroutes:\n  - { ${route} }\n${fallback}\n${more}`;
}

const rule = (fields: string): string => file({ rule: `severity: warning, window: 5m, runbook: r.md, name: r, ${fields}` });
const route = (fields: string): string => file({ route: fields });
const mute = (fields: string): string => file({ more: `muteTimes:\n  - { name: m, ${fields} }` });

const mistakes: readonly [name: string, code: string, text: string][] = [
  ["an open quote", "yaml-syntax", 'apiVersion: "¦'],
  ["an unknown version", "bad-value", file().replace("monotask.dev/alerts/v1", "¦monotask.dev/alerts/v9")],
  ["no fallback", "missing-key", file({ fallback: "" }).replace("apiVersion", "¦apiVersion")],
  ["a fallback without targets", "empty-list", file({ fallback: "fallback: { targets: ¦[] }" })],
  ["an unknown key of a rule", "unknown-key", rule("measure: error-rate, above: 5%, ¦treshold: 3")],
  ["an unknown measure", "bad-value", rule("measure: ¦error-rat, above: 5%")],
  ["an unknown severity", "bad-value", file().replace("severity: warning", "severity: ¦fatal")],
  ["no limit", "limit-side", rule("measure: error-rate").replace("{ severity", "¦{ severity")],
  ["two limits", "limit-side", rule("measure: error-rate, above: 5%, below: ¦1%")],
  ["a share without per cent", "bad-limit", rule("measure: error-rate, above: ¦0.05")],
  ["a share of 100 %", "bad-limit", rule("measure: availability, below: ¦100%")],
  ["a latency without unit", "bad-limit", rule("measure: latency, above: ¦200")],
  ["a depth with a unit", "bad-limit", rule("measure: queue-depth, above: ¦100ms")],
  ["a query latency that is not counted", "bad-limit", rule("measure: database-latency, above: ¦75ms")],
  ["a percentile of a share", "bad-value", rule("measure: error-rate, above: 5%, percentile: ¦p95")],
  ["a status for a depth", "bad-value", rule("measure: queue-depth, above: 5, orStatus: ¦{ status: 504, minutes: 5 }")],
  ["a window above an hour", "duration-out-of-range", file().replace("window: 5m", "window: ¦2h")],
  ["a window in seconds", "duration-out-of-range", file().replace("window: 5m", "window: ¦30s")],
  ["a window without unit", "wrong-type", file().replace("window: 5m", "window: ¦5")],
  ["no runbook", "missing-key", file().replace(", runbook: r.md", "").replace("- {", "- ¦{")],
  ["a matcher without operator", "matcher-syntax", route("match: ¦critical, targets: [slack]")],
  ["an unknown channel", "bad-target", route("match: severity=critical, targets: [¦slak]")],
  ["nobody to escalate to", "escalation-without-targets", route("match: severity=critical, targets: [slack], escalation: ¦ours")],
  [
    "PagerDuty's escalation without PagerDuty",
    "escalation-without-targets",
    route("match: a=b, targets: [slack], escalation: ¦pagerduty"),
  ],
  ["a level without targets", "empty-list", file({ more: "escalation: { levels: [{ after: 15m, targets: ¦[] }] }" })],
  ["an abbreviation for a zone", "bad-time-zone", mute('timeZone: ¦CET, from: "22:00"')],
  ["a time that is none", "bad-time", mute('timeZone: UTC, from: ¦"25:00"')],
  ["a day that is none", "bad-time", mute('timeZone: UTC, firstDay: ¦"2026-02-30"')],
  ["days the wrong way round", "bad-time", mute('timeZone: UTC, firstDay: "2026-12-24", lastDay: ¦"2026-12-23"')],
  ["quiet hours without hours", "mute-without-time", mute("timeZone: UTC").replace("{ name: m", "¦{ name: m")],
];

describe("a mistake", () => {
  it.each(mistakes)("%s is %s: told once, at its place, with what to write instead", (_, code, marked) => {
    const before = marked.slice(0, marked.indexOf(MARK));
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    const parsed = parseAlerts({ file: "alerts.yaml", text: marked.replace(MARK, "") });
    expect(parsed.issues.map((issue) => [issue.code, issue.line, issue.column])).toEqual([[code, line, column]]);
    expect(parsed.issues[0]?.hint).toMatch(/[.?]$/);
    expect(parsed.config).toBeUndefined();
  });

  it("a name twice is told at the second", () => {
    const text = file().replace(
      "routes:",
      "  - { name: r, measure: queue-depth, above: 5, severity: info, window: 5m, runbook: r.md }\nroutes:",
    );
    expect(parseAlerts({ file: "alerts.yaml", text }).issues).toMatchObject([{ code: "duplicate-name", line: 4 }]);
  });

  it.each(["", "# only a comment\n"])("an empty file %j is told", (text) => {
    expect(parseAlerts({ file: "alerts.yaml", text })).toMatchObject({ config: undefined, issues: [{ code: "empty-file" }] });
  });
});
