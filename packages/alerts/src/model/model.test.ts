import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signal, type SignalFields } from "../../test/signals.ts";
import { alertId, groupKeyOf, type AlertSignal } from "../index.ts";
import { cleanSignal } from "./clean-signal.ts";
import { byteLength } from "@monotask/telemetry";
import { truncateBytes } from "./text.ts";

const NOW_MS = Date.UTC(2026, 10, 24);

describe("identity of an alert", () => {
  const { name, labels } = signal("a", { labels: { route: "/x" } });

  it("does not depend on severity or on the order of labels", () => {
    const turned = Object.fromEntries(Object.entries(labels).reverse()) as typeof labels;
    expect(alertId(name, { ...turned, severity: "info" })).toBe(alertId(name, labels));
  });

  it.each(["worker", "environment", "team", "symptom", "route"])("depends on %s", (label) => {
    expect(alertId(name, { ...labels, [label]: "other" })).not.toBe(alertId(name, labels));
  });

  it("does not mix a name up with a label", () => {
    expect(alertId("a", { ...labels, b: "c" })).not.toBe(alertId("a b", { ...labels, c: "" }));
  });
});

describe("key of a group", () => {
  it("is readable, and does not mix values up", () => {
    expect(groupKeyOf(signal("a").labels)).toBe("environment=production,worker=api,symptom=errors");
    expect(groupKeyOf(signal("a", { worker: "api,symptom=x" }).labels)).toBe(
      "environment=production,worker=api%2Csymptom%3Dx,symptom=errors",
    );
  });

  it("follows the labels it is grouped by", () => {
    expect(groupKeyOf(signal("a", { labels: { region: "weur" } }).labels, ["team", "region", "none"])).toBe(
      "team=core,region=weur,none=",
    );
  });
});

describe("a signal that is taken in", () => {
  it("has a start that is believable: not in the future, and a worker's within 5 min of its arrival", () => {
    const start = (startsAt: number, source: "worker" | "evaluator") =>
      cleanSignal(signal("a", {}, { startsAt }), source, NOW_MS)?.startsAt;
    expect(start(NOW_MS + 1, "evaluator")).toBe(NOW_MS);
    expect(start(NaN, "evaluator")).toBe(NOW_MS);
    expect(start(NOW_MS - 3_600_000, "evaluator")).toBe(NOW_MS - 3_600_000);
    expect(start(NOW_MS - 3_600_000, "worker")).toBe(NOW_MS - 300_000);
  });

  it("is at most 60 KB, whatever it brings", () => {
    const long = "🔥".repeat(100_000);
    const labels = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${long}${n}`, long]));
    const checks = Array.from({ length: 1_000 }, () => long);
    const huge = signal(
      long,
      { labels },
      { summary: long, description: long, sample: { error: long, stack: long }, suggestedChecks: checks },
    );
    expect(byteLength(JSON.stringify(cleanSignal(huge, "worker", NOW_MS)))).toBeLessThan(60_000);
  });

  it("brings no token, address or query string along, though its raiser forgot to scrub", () => {
    const leak = "Bearer abcdef12ghijkl from kim@example.com at https://api.example/x?key=1";
    const leaky = signal("a", {}, { summary: leak, description: leak, sample: { error: leak, stack: leak } });
    const kept = JSON.stringify(cleanSignal(leaky, "worker", NOW_MS));
    for (const secret of ["abcdef12ghijkl", "kim@", "key=1"]) expect(kept).not.toContain(secret);
  });

  it("keeps only links to the web", () => {
    const links = { runbookUrl: "javascript:alert(1)", dashboardUrl: "https://dash.example/x" };
    const clean = cleanSignal(signal("a", {}, links), "worker", NOW_MS);
    expect([clean?.runbookUrl, clean?.dashboardUrl]).toEqual([undefined, "https://dash.example/x"]);
  });

  it("gets a known severity and symptom", () => {
    const odd = { ...signal("a"), labels: { worker: "api", severity: "fatal", symptom: "mood" } } as unknown as AlertSignal;
    expect(cleanSignal(odd, "worker", NOW_MS)?.labels).toEqual({
      worker: "api",
      environment: "production",
      team: "unowned",
      severity: "warning",
      symptom: "errors",
    });
  });

  it.each([undefined, null, 1, {}, { name: "" }, { name: 1 }])("is none when it has no name: %j", (odd) => {
    expect(cleanSignal(odd as unknown as AlertSignal, "worker", NOW_MS)).toBeUndefined();
  });

  it("is taken in though some of its values are no text and no number that can be counted on", () => {
    const odd = { toString: 1, valueOf: 1 };
    const hostile = {
      ...signal("a", {}, { count: 1e308 }),
      labels: { ...signal("a").labels, odd, list: [1], many: 7 },
      suggestedChecks: [odd, "look", null],
      drill: { id: odd, kind: "drill", targets: ["log"], lastsMs: 1_000 },
      errors: [{ fingerprint: "f", error: odd, count: Number.POSITIVE_INFINITY }],
    };
    const clean = cleanSignal(hostile as unknown as AlertSignal, "evaluator", NOW_MS);
    expect(clean?.labels).toEqual({ ...signal("a").labels, many: "7" });
    expect(clean?.suggestedChecks).toEqual(["look"]);
    expect([clean?.drill, clean?.errors]).toEqual([undefined, [{ fingerprint: "f", error: "", count: 1e12 }]]);
    // A thousand such raises still add up to a number that survives its row.
    expect(clean?.count).toBe(1e12);
  });

  it("shows what would clear a terminal or read backwards as what it is: a character that does not belong there", () => {
    const raised = signal("a\rb", { worker: "api\u202Egnp" }, { summary: "GET /\u001b[2J failed" });
    const clean = cleanSignal(raised, "worker", NOW_MS);
    expect([clean?.name, clean?.labels.worker, clean?.summary]).toEqual(["a�b", "api�gnp", "GET /�[2J failed"]);
  });

  it("stays another alert than one whose label differs only behind what is kept of it", () => {
    const route = `/api/${"a".repeat(300)}`;
    const idOf = (fields: SignalFields, name = "a"): string => {
      const clean = cleanSignal(signal(name, fields), "worker", NOW_MS);
      return clean === undefined ? "" : alertId(clean.name, clean.labels);
    };
    const ids = [
      ...[`${route}/1`, `${route}/2`].map((end) => idOf({ labels: { route: end } })),
      ...[`${route}/1`, `${route}/2`].map((worker) => idOf({ worker })),
      ...[`${route}/1`, `${route}/2`].map((label) => idOf({ labels: { [label]: "x" } })),
      ...[`${route}/1`, `${route}/2`].map((name) => idOf({}, name)),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("says the same of itself when it is taken in again", () => {
    const once = cleanSignal(signal("n".repeat(300), { labels: { route: "🔥".repeat(300) } }), "evaluator", NOW_MS);
    expect(once && cleanSignal(once, "evaluator", NOW_MS)).toEqual(once);
    expect(byteLength(once?.labels["route"] ?? "")).toBeLessThanOrEqual(200);
  });

  it("needs nothing but a name", () => {
    expect(cleanSignal({ name: "a" } as unknown as AlertSignal, "worker", NOW_MS)).toMatchObject({
      name: "a",
      summary: "a",
      status: "firing",
    });
  });
});

describe("a truncated text", () => {
  it("is within its bytes, well-formed, and whole where it fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 3, max: 80 }), (text, maxBytes) => {
        const cut = truncateBytes(text, maxBytes);
        expect(byteLength(cut)).toBeLessThanOrEqual(maxBytes);
        expect(cut.isWellFormed()).toBe(true);
        if (byteLength(text) <= maxBytes) expect(cut).toBe(text);
        else expect(text.startsWith(cut.slice(0, -1)) && cut.endsWith("…")).toBe(true);
      }),
      { seed: 1 },
    );
  });
});
