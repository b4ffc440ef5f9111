import { channelOf, nameOf, type ChannelName, type Target } from "../model/target.ts";
import type { ChannelSettings } from "./channel.ts";

/** Variables that hold a channel's own place; a named target appends its name. */
const VARIABLES: Partial<Record<ChannelName, string>> = {
  email: "ALERT_EMAIL",
  slack: "SLACK_WEBHOOK_URL",
  pagerduty: "PAGERDUTY_ROUTING_KEY",
  webhook: "ALERT_WEBHOOK_URL",
};

/** The variable of a named target (`slack:#payments` → `SLACK_WEBHOOK_URL_PAYMENTS`), or undefined where there is none. */
export function namedSetting(target: Target): string | undefined {
  const variable = VARIABLES[channelOf(target)];
  const name = nameOf(target);
  if (variable === undefined || name === undefined || isAddress(target)) return undefined;
  return `${variable}_${name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")}`;
}

/**
 * The settings with the target's place in them. An e-mail address is its own place; another name is looked up under its
 * variable, and the channel's own place stands in for one that is not set: an alert at a wrong place beats one at none.
 */
export function settingsAt(target: Target, settings: ChannelSettings): ChannelSettings {
  const name = nameOf(target);
  if (name === undefined) return settings;
  if (isAddress(target)) return { ...settings, alertEmail: name };
  const place = settings.named?.[namedSetting(target) ?? ""];
  if (place === undefined) return settings;
  switch (channelOf(target)) {
    case "email":
      return { ...settings, alertEmail: place };
    case "slack":
      return { ...settings, slackWebhookUrl: place };
    case "pagerduty":
      return { ...settings, pagerDutyRoutingKey: place };
    case "webhook":
      return { ...settings, webhookUrl: place };
    case "log":
      return settings;
  }
}

function isAddress(target: Target): boolean {
  return channelOf(target) === "email" && /^[^\s@]+@[^\s@]+$/.test(nameOf(target) ?? "");
}
