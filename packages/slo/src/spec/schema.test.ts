import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { openSloJsonSchema, parseSlos, sloJsonSchema, sloTestJsonSchema } from "../index.ts";
import { availabilitySlo, nativeFile } from "../test/fixtures.ts";
import { exportOpenSlo } from "../index.ts";
import { mistakes } from "./malformed.test.ts";

/** What a schema can see: the form of one document. The rest is about meaning, which only the parser knows. */
const CODES_OF_FORM = new Set(["unknown-key", "missing-key", "wrong-type", "empty-list"]);
/** Words and patterns are in the schema too, unless the rule needs arithmetic or a list of the world's time zones. */
const CODES_OF_WORDS = new Set(["bad-value", "bad-name"]);

const ajv = new Ajv2020({ strict: false });
const native = ajv.compile(sloJsonSchema);
const openSlo = ajv.compile(openSloJsonSchema);

function documents(text: string): unknown[] {
  const parsed = parseAllDocuments(text, { version: "1.2", schema: "core" });
  return Array.isArray(parsed) ? parsed.map((document) => document.toJS() as unknown) : [];
}

describe("the JSON Schemas agree with the parser", () => {
  it("on the shipped catalogue", () => {
    const text = readFileSync(new URL("../../../../config/slos.yaml", import.meta.url), "utf8");
    expect(documents(text).map((document) => native(document))).toEqual([true]);
  });

  it.each(mistakes.filter(([, code]) => CODES_OF_FORM.has(code)))("on %s", (_, code, marked) => {
    const text = marked.replace("¦", "");
    expect(parseSlos([{ file: "a", text }]).issues.map((issue) => issue.code)).toEqual([code]);
    expect(documents(text).every((document) => native(document))).toBe(false);
  });

  it("on everything that is right in form: a schema refuses nothing that the parser takes", () => {
    const wrong = mistakes.filter(
      ([, code]) => !CODES_OF_FORM.has(code) && !CODES_OF_WORDS.has(code) && !code.startsWith("bad-"),
    );
    for (const [name, code, marked] of wrong) {
      if (code === "yaml-syntax" || code === "duplicate-key" || code === "not-yet-supported" || code === "good-conditions")
        continue;
      for (const document of documents(marked.replace("¦", ""))) expect([name, native(document)]).toEqual([name, true]);
    }
  });

  it("on a file of the native format with every key", () => {
    const text = nativeFile([
      "indicator: { kind: request, filter: { worker: [a, b], environment: staging }, good: availability, bad: { status: [5xx, 429, 500-504] } }",
      'target: ">99.9%"',
      "window: { calendar: { unit: month, timeZone: Europe/Berlin } }",
      "method: timeslices",
      'timeslice: { target: "95%", length: 5m }',
      "alerting: [{ severity: page, long: 1h, short: 5m, factor: 2 }]",
      "lowTraffic: { falsePagesPerYear: 0.5 }",
      "noData: { after: 10m, alert: page }",
      'exclusions: [{ from: "2026-12-01T02:00", duration: 1h, rrule: "FREQ=WEEKLY;BYDAY=SU", reason: move, by: anna, timeZone: Europe/Berlin }]',
      "budgetAlerts: off",
      "symptom: errors",
      "labels: { a: b }",
    ]);
    expect(parseSlos([{ file: "a", text }]).issues).toEqual([]);
    expect(documents(text).map((document) => native(document))).toEqual([true]);
  });

  it("on OpenSLO documents: what is exported is right, what has an unknown key or kind is not", () => {
    const text = exportOpenSlo([availabilitySlo("99.9%")]);
    expect(documents(text).every((document) => openSlo(document))).toBe(true);
    expect(documents(text.replace("budgetingMethod", "budgetMethod")).every((document) => openSlo(document))).toBe(false);
    expect(openSlo({ apiVersion: "openslo/v1", kind: "Slo", metadata: { name: "a" }, spec: {} })).toBe(false);
  });

  it("and their files below config/ are theirs", () => {
    const file = (name: string): unknown =>
      JSON.parse(readFileSync(new URL(`../../../../config/${name}`, import.meta.url), "utf8")) as unknown;
    expect(file("slo-test-schema.json")).toEqual(sloTestJsonSchema);
    expect(file("openslo-v1-schema.json")).toEqual(openSloJsonSchema);
  });

  it("on tests of alerts", () => {
    const test = ajv.compile(sloTestJsonSchema);
    const good = {
      apiVersion: "monotask.dev/v1",
      kind: "SloTest",
      slo: { target: "99%" },
      series: [{ minutes: 1, total: 1 }],
      expect: [{ rule: "page-fast", firesAt: null }],
    };
    expect(test(good)).toBe(true);
    expect(test({ ...good, series: [{ minutes: 1 }] })).toBe(false);
  });
});
