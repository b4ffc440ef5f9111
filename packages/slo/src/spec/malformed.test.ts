import { describe, expect, it } from "vitest";
import { parseSlos } from "../index.ts";
import type { IssueCode } from "../index.ts";
import { AVAILABILITY, nativeFile } from "../test/fixtures.ts";

/** Where the mistake stands in a text; the mark itself is taken out. */
const MARK = "¦";
const TARGET = 'target: "99.9%"';

const entry = (...lines: readonly string[]): string => nativeFile(lines);
const pair = (fields: string): string => entry(AVAILABILITY, TARGET, "alerting:", `  - ${fields}`);

export const mistakes: readonly [name: string, code: IssueCode, text: string][] = [
  ["a tab as indentation", "yaml-syntax", "apiVersion: monotask.dev/v1\nslos:\n¦\t- name: api\n"],
  ["an open quote", "yaml-syntax", 'apiVersion: monotask.dev/v1\nslos: "¦'],
  ["an alias of nothing", "yaml-syntax", entry("indicator: ¦*none", TARGET)],
  ["an alias of what holds it", "yaml-syntax", "apiVersion: monotask.dev/v1\nslos: &all [¦*all]\n"],
  ["a key twice", "duplicate-key", entry(AVAILABILITY, TARGET, "owner: a", "¦owner: b")],
  ["no API version", "missing-key", entry(AVAILABILITY, TARGET).replace("apiVersion: monotask.dev/v1\n", "¦")],
  ["an unknown API version", "bad-value", entry(AVAILABILITY, TARGET).replace("monotask.dev/v1", "¦monotask.dev/v9")],
  ["an OpenSLO document of another version", "not-yet-supported", "apiVersion: ¦openslo/v1alpha\nkind: SLO\n"],
  ["a list for a document", "wrong-type", "¦- name: api\n"],
  ["no SLOs", "empty-list", "apiVersion: monotask.dev/v1\nslos: ¦[]\n"],
  ["an unknown key", "unknown-key", entry(AVAILABILITY, TARGET, "¦windw: 30d")],
  ["a key named like an object's own method", "unknown-key", entry(AVAILABILITY, TARGET, "¦constructor: x")],
  ["a key of a later version", "not-yet-supported", entry(AVAILABILITY, TARGET, "¦objectives: []")],
  ["a test of alerts among SLOs", "bad-value", "apiVersion: monotask.dev/v1\nkind: ¦SloTest\nslo: { ref: a }\n"],
  ["an upper-case name", "bad-name", entry(AVAILABILITY, TARGET).replace("name: api", "name: ¦API")],
  ["a name that is a number", "wrong-type", entry(AVAILABILITY, TARGET).replace("name: api", "name: ¦404")],
  ["no indicator", "missing-key", entry(TARGET).replace("- name", "- ¦name")],
  ["no target", "missing-key", entry(AVAILABILITY).replace("- name", "- ¦name")],
  ["a target without quotes and per cent", "wrong-type", entry(AVAILABILITY, "target: ¦99.9")],
  ["a target as a fraction", "bad-target", entry(AVAILABILITY, 'target: ¦"0.999"')],
  ["a target with nine decimals", "bad-target", entry(AVAILABILITY, 'target: ¦"99.999999999%"')],
  ["a target of 100 %", "target-out-of-range", entry(AVAILABILITY, 'target: ¦"100%"')],
  ["a target of 0 %", "target-out-of-range", entry(AVAILABILITY, 'target: ¦"0%"')],
  ["a target above 100 %", "target-out-of-range", entry(AVAILABILITY, 'target: ¦"100.1%"')],
  ["a window without unit", "wrong-type", entry(AVAILABILITY, TARGET, "window: ¦30")],
  ["a window in months", "bad-duration", entry(AVAILABILITY, TARGET, "window: ¦1M")],
  ["a window below 15 minutes", "duration-out-of-range", entry(AVAILABILITY, TARGET, "window: ¦5m")],
  ["a window above 90 days", "duration-out-of-range", entry(AVAILABILITY, TARGET, "window: ¦91d")],
  ["a window in seconds", "duration-out-of-range", entry(AVAILABILITY, TARGET, "window: ¦3630s")],
  ["a calendar unit that is not offered", "bad-value", entry(AVAILABILITY, TARGET, "window: { calendar: { unit: ¦day } }")],
  [
    "a time zone by its abbreviation",
    "bad-time-zone",
    entry(AVAILABILITY, TARGET, "window: { calendar: { unit: month, timeZone: ¦CEST } }"),
  ],
  [
    "a time zone that does not exist",
    "bad-time-zone",
    entry(AVAILABILITY, TARGET, "window: { calendar: { unit: month, timeZone: ¦Europe/Atlantis } }"),
  ],
  ["time slices without their target", "timeslice-method", entry(AVAILABILITY, TARGET, "method: ¦timeslices")],
  ["a slice target without time slices", "timeslice-method", entry(AVAILABILITY, TARGET, 'timeslice: ¦{ target: "99%" }')],
  [
    "a slice of 2 minutes",
    "bad-value",
    entry(AVAILABILITY, TARGET, "method: timeslices", 'timeslice: { target: "99%", length: ¦2m }'),
  ],
  [
    "a filter that the kind does not have",
    "filter-of-kind",
    entry("indicator: { kind: queue, filter: { host: ¦a }, good: success }", TARGET),
  ],
  ["availability of a queue", "good-of-kind", entry("indicator: { kind: queue, good: ¦availability }", TARGET)],
  [
    "a database latency that is not counted",
    "good-of-kind",
    entry("indicator: { kind: database, latency: { threshold: ¦75ms } }", TARGET),
  ],
  [
    "a status that is none",
    "bad-value",
    entry("indicator: { kind: request, good: availability, bad: { status: ¦6xx } }", TARGET),
  ],
  [
    "bad statuses of a latency",
    "good-of-kind",
    entry("indicator: { kind: request, latency: { threshold: 1s }, bad: ¦{ status: 5xx } }", TARGET),
  ],
  [
    "an exclusion without a reason",
    "missing-key",
    entry(AVAILABILITY, TARGET, 'exclusions: [¦{ from: "2026-12-01T02:00", duration: 1h, by: anna }]'),
  ],
  [
    "an exclusion on February 30",
    "bad-time",
    entry(AVAILABILITY, TARGET, 'exclusions: [{ from: ¦"2026-02-30T02:00", duration: 1h, by: anna, reason: x }]'),
  ],
  [
    "a recurrence by the hour",
    "bad-recurrence",
    entry(
      AVAILABILITY,
      TARGET,
      'exclusions: [{ from: "2026-12-01T02:00", duration: 1h, by: anna, reason: x, rrule: ¦"FREQ=HOURLY" }]',
    ),
  ],
  [
    "a recurrence with a part that is not offered",
    "bad-recurrence",
    entry(
      AVAILABILITY,
      TARGET,
      'exclusions: [{ from: "2026-12-01T02:00", duration: 1h, by: anna, reason: x, rrule: ¦"FREQ=DAILY;BYHOUR=3" }]',
    ),
  ],
  ["a low-traffic guard by an unknown word", "bad-value", entry(AVAILABILITY, TARGET, "lowTraffic: ¦none")],
  [
    "a probe that looks for a text where there is none",
    "bad-value",
    "apiVersion: monotask.dev/v1\nprobes:\n  - { name: p, worker: w, url: 'https://a.test', method: HEAD, expect: { body: ¦ok } }\n",
  ],
  [
    "two probes of one name",
    "duplicate-name",
    "apiVersion: monotask.dev/v1\nprobes:\n  - { name: p, worker: w, url: 'https://a.test' }\n  - { name: ¦p, worker: w, url: 'https://b.test' }\n",
  ],
  ["a probe of a path alone", "bad-url", "apiVersion: monotask.dev/v1\nprobes:\n  - { name: p, worker: w, url: ¦/health }\n"],
  ["an indicator kind of a later version", "not-yet-supported", entry("indicator: { kind: ¦gauge, good: availability }", TARGET)],
  ["an unknown indicator kind", "bad-value", entry("indicator: { kind: ¦requests, good: availability }", TARGET)],
  [
    "an unknown filter field",
    "unknown-key",
    entry("indicator: { kind: request, filter: { ¦route: /a }, good: availability }", TARGET),
  ],
  [
    "an empty filter list",
    "empty-list",
    entry("indicator: { kind: request, filter: { worker: ¦[] }, good: availability }", TARGET),
  ],
  ["no condition for good", "good-conditions", entry("indicator: ¦{ kind: request }", TARGET)],
  [
    "two conditions for good",
    "good-conditions",
    entry("indicator: { kind: request, good: availability, latency: ¦{ threshold: 1s } }", TARGET),
  ],
  ["a latency without unit", "wrong-type", entry("indicator: { kind: request, latency: { threshold: ¦200 } }", TARGET)],
  [
    "a target beside a percentile",
    "target-with-percentile",
    entry("indicator: { kind: request }", "percentile: { p95: 200ms }", 'target: ¦"95%"'),
  ],
  ["a percentile that is not offered", "unknown-key", entry("indicator: { kind: request }", "percentile: { ¦p999: 200ms }")],
  ["no percentile in percentile", "missing-key", entry("indicator: { kind: request }", "percentile: ¦{}")],
  [
    "a factor no error rate can reach",
    "alerting-factor-unreachable",
    pair("{ severity: page, long: 1h, short: 5m, factor: ¦1000 }"),
  ],
  [
    "a factor with more digits than are kept exactly",
    "bad-value",
    pair("{ severity: page, long: 2d23h59m, short: 6h, factor: ¦99999.9999997 }"),
  ],
  ["a factor inside the budget", "alerting-factor-inside-budget", pair("{ severity: page, long: 1h, short: 5m, factor: ¦0.99 }")],
  [
    "a budget share inside the budget",
    "alerting-factor-inside-budget",
    pair("{ severity: page, long: 3d, short: 6h, budget: ¦9% }"),
  ],
  ["a short window of one slice", "alerting-short-window", pair("{ severity: page, long: 1h, short: ¦1m, factor: 2 }")],
  [
    "a short window above half of the long one",
    "alerting-short-window",
    pair("{ severity: page, long: 1h, short: ¦31m, factor: 2 }"),
  ],
  ["a long window above the SLO's window", "alerting-long-window", pair("{ severity: page, long: ¦31d, short: 1d, factor: 2 }")],
  ["a pair with factor and budget", "alerting-strength", pair("{ severity: page, long: 1h, short: 5m, factor: 2, budget: ¦2% }")],
  ["a pair with neither factor nor budget", "alerting-strength", pair("¦{ severity: page, long: 1h, short: 5m }")],
  [
    "bad statuses of a rule over a latency",
    "good-of-kind",
    entry(
      "indicator: { kind: request, latency: { threshold: 1s } }",
      TARGET,
      "alerting: [{ severity: page, long: 1h, short: 5m, factor: 2, bad: ¦{ status: 429 } }]",
    ),
  ],
  ["an unknown severity", "bad-value", pair("{ severity: ¦pager, long: 1h, short: 5m, factor: 2 }")],
  [
    "a pair twice",
    "alerting-duplicate",
    pair("{ severity: page, long: 1h, short: 5m, factor: 2 }\n      - ¦{ severity: page, long: 1h, short: 5m, factor: 2.0 }"),
  ],
  ["alerting switched off by a word", "bad-value", entry(AVAILABILITY, TARGET, "alerting: ¦none")],
  ["labels as a list", "wrong-type", entry(AVAILABILITY, TARGET, "labels: ¦[a, b]")],
  ["an owner of nothing", "wrong-type", entry(AVAILABILITY, TARGET, "owner:¦")],
];

describe("a mistake", () => {
  it.each(mistakes)("%s is %s: told once, at its place, with what to write instead", (_, code, marked) => {
    const before = marked.slice(0, marked.indexOf(MARK));
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    const parsed = parseSlos([{ file: "slos.yaml", text: marked.replace(MARK, "") }]);
    expect(parsed.issues.map((issue) => [issue.code, issue.line, issue.column])).toEqual([[code, line, column]]);
    expect(parsed.issues[0]?.hint).toMatch(/[.?]$/);
    expect(parsed.slos).toEqual([]);
  });
});
