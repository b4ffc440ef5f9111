import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readChannels } from "./channels.ts";

/** Part of every wrong value here, so that no warning can show one unseen. */
const SECRET = "hunter2-T0PSECRET";

describe("channels", () => {
  test("are read from the worker's variables", () => {
    const env = {
      ALERT_EMAIL: "alerts@monotask.dev",
      SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T/B/x",
      PAGERDUTY_ROUTING_KEY: "r".repeat(32),
    };
    expect(readChannels(env)).toEqual({
      alertEmail: "alerts@monotask.dev",
      slackWebhookUrl: "https://hooks.slack.com/services/T/B/x",
      pagerDutyRoutingKey: "r".repeat(32),
      warnings: [],
    });
    expect(readChannels({})).toEqual({ warnings: [] });
  });

  test.each([
    ["ALERT_EMAIL", SECRET],
    ["ALERT_EMAIL", "a@b.c, d@e.f"],
    ["SLACK_WEBHOOK_URL", SECRET],
    ["SLACK_WEBHOOK_URL", `ftp://${SECRET}/`],
    ["SLACK_WEBHOOK_URL", { url: SECRET }],
    ["PAGERDUTY_ROUTING_KEY", `two ${SECRET}`],
  ])("%s = %j: counts as not set, with one warning that names it and shows no secret", (setting, value) => {
    const { warnings, ...channels } = readChannels({ [setting]: value });
    expect(channels).toEqual({});
    expect(warnings.map((warning) => warning.setting)).toEqual([setting]);
    expect(warnings[0]?.message).toContain(setting);
    expect(JSON.stringify(warnings)).not.toContain(SECRET);
  });

  test("never throw, whatever env is", () => {
    fc.assert(fc.property(fc.anything(), (env) => Array.isArray(readChannels(env).warnings)));
  });
});
