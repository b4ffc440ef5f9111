import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSettings } from "./settings.ts";

/** Part of every wrong value here, so that no warning can show one unseen. */
const SECRET = "hunter2-T0PSECRET";

describe("settings", () => {
  test("have a default each and no warning where nothing is set", () => {
    const { clock, ...settings } = readSettings({});
    expect(settings).toEqual({
      logLevel: "info",
      sampling: { rate: 0.1, weight: 10, fullRatePerMinute: 0 },
      environment: "production",
      team: "unowned",
      version: "",
      warnings: [],
    });
    expect(clock.toReal(5)).toBe(5);
  });

  test("are read from the worker's variables", () => {
    const settings = readSettings({
      LOG_LEVEL: "warn",
      METRICS_SAMPLING_RATE: "0.25",
      ENVIRONMENT: "staging",
      TEAM: "payments",
      CF_VERSION_METADATA: { id: "v-1", tag: "", timestamp: "" },
    });
    expect(settings).toMatchObject({
      logLevel: "warn",
      sampling: { rate: 0.25, weight: 4, fullRatePerMinute: 0 },
      environment: "staging",
      team: "payments",
      version: "v-1",
      warnings: [],
    });
  });

  test("take numbers and texts with blanks around them, as TOML and shells give them", () => {
    const settings = readSettings({ METRICS_SAMPLING_RATE: 0.5, LOG_LEVEL: " ERROR ", TEAM: "  " });
    expect(settings).toMatchObject({ sampling: { weight: 2 }, logLevel: "error", team: "unowned", warnings: [] });
  });

  test.each([
    ["LOG_LEVEL", "debug", { logLevel: "info" }],
    ["LOG_LEVEL", SECRET, { logLevel: "info" }],
    ["LOG_LEVEL", ["info"], { logLevel: "info" }],
    ["METRICS_SAMPLING_RATE", "0", { sampling: { rate: 0.1, weight: 10 } }],
    ["METRICS_SAMPLING_RATE", "-1", { sampling: { rate: 0.1, weight: 10 } }],
    ["METRICS_SAMPLING_RATE", "1.5", { sampling: { rate: 0.1, weight: 10 } }],
    ["METRICS_SAMPLING_RATE", "10%", { sampling: { rate: 0.1, weight: 10 } }],
    ["METRICS_SAMPLING_RATE", "NaN", { sampling: { rate: 0.1, weight: 10 } }],
    ["METRICS_SAMPLING_RATE", "Infinity", { sampling: { rate: 0.1, weight: 10 } }],
    ["METRICS_SAMPLING_RATE", SECRET, { sampling: { rate: 0.1, weight: 10 } }],
    ["METRICS_SAMPLING_RATE", {}, { sampling: { rate: 0.1, weight: 10 } }],
    ["METRICS_SAMPLING_RATE", "0.3", { sampling: { rate: 1 / 3, weight: 3 } }],
    ["METRICS_SAMPLING_RATE", "0.0000001", { sampling: { rate: 1e-6, weight: 1_000_000 } }],
    ["METRICS_FULL_RATE_PER_MINUTE", "-1", { sampling: { fullRatePerMinute: 0 } }],
    ["METRICS_FULL_RATE_PER_MINUTE", "1.5", { sampling: { fullRatePerMinute: 0 } }],
    ["METRICS_FULL_RATE_PER_MINUTE", "Infinity", { sampling: { fullRatePerMinute: 0 } }],
    ["METRICS_FULL_RATE_PER_MINUTE", "many", { sampling: { fullRatePerMinute: 0 } }],
    ["METRICS_FULL_RATE_PER_MINUTE", SECRET, { sampling: { fullRatePerMinute: 0 } }],
    ["ENVIRONMENT", { name: SECRET }, { environment: "production" }],
    ["TEAM", [SECRET], { team: "unowned" }],
    ["MONOTASK_CLOCK", "now", {}],
    ["MONOTASK_CLOCK", { rate: 0 }, {}],
    ["MONOTASK_CLOCK", SECRET, {}],
  ])("%s = %j: a default, and one warning that names it and shows no secret", (setting, value, expected) => {
    const settings = readSettings({ [setting]: value });
    expect(settings).toMatchObject(expected);
    expect(settings.warnings.map((warning) => warning.setting)).toEqual([setting]);
    expect(settings.warnings[0]?.message).toContain(setting);
    expect(JSON.stringify(settings.warnings)).not.toContain(SECRET);
  });

  test("say which rate is used where the one given is not 1/n", () => {
    expect(readSettings({ METRICS_SAMPLING_RATE: "0.3" }).warnings[0]?.message).toContain("0.333333 (1 of 3)");
  });

  test("advise a rate that is taken without a warning", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1, noNaN: true }), (asked) => {
        const [warning] = readSettings({ METRICS_SAMPLING_RATE: String(asked) }).warnings;
        const advised = /; (\S+) \(1 of/.exec(warning?.message ?? "; 1 (1 of")?.[1];
        expect(readSettings({ METRICS_SAMPLING_RATE: advised }).warnings).toEqual([]);
      }),
      { seed: 3 },
    );
  });

  test.each([
    ["METRICS_SAMPLING_RATE", "1.0", { sampling: { weight: 1 } }],
    ["METRICS_SAMPLING_RATE", "1e-1", { sampling: { weight: 10 } }],
    ["METRICS_SAMPLING_RATE", "\t0.01\n", { sampling: { weight: 100 } }],
    ["METRICS_SAMPLING_RATE", " ", { sampling: { weight: 10 } }],
    ["METRICS_FULL_RATE_PER_MINUTE", "0", { sampling: { fullRatePerMinute: 0 } }],
    ["METRICS_FULL_RATE_PER_MINUTE", " 60 ", { sampling: { fullRatePerMinute: 60 } }],
    ["MONOTASK_CLOCK", "  ", {}],
  ])("%s = %j is taken without a warning", (setting, value, expected) => {
    expect(readSettings({ [setting]: value })).toMatchObject({ ...expected, warnings: [] });
  });

  test("take a virtual clock as JSON text and as the object that a JSON variable arrives as", () => {
    const spec = { realMs: 1_000, virtualMs: 50_000, rate: 10 };
    for (const value of [spec, JSON.stringify(spec)]) {
      const { clock, warnings } = readSettings({ MONOTASK_CLOCK: value });
      expect(clock.toReal(60_000)).toBe(2_000);
      expect(warnings).toEqual([]);
    }
  });

  test("never throw, whatever env is", () => {
    fc.assert(
      fc.property(fc.anything(), (env) => {
        expect(["info", "warn", "error"]).toContain(readSettings(env).logLevel);
      }),
    );
    const names = ["LOG_LEVEL", "METRICS_SAMPLING_RATE", "SLACK_WEBHOOK_URL", "MONOTASK_CLOCK", "CF_VERSION_METADATA"] as const;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.anything()), (env) => {
        expect(Number.isInteger(readSettings(env).sampling.weight)).toBe(true);
      }),
    );
  });

  test("survive an env that throws on being read", () => {
    const env = new Proxy({}, { get: () => { throw new Error("no"); } }); // prettier-ignore
    expect(readSettings(env).logLevel).toBe("info");
  });
});
