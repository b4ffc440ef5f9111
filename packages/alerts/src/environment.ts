import { propertyOf, readChannels, readSettings, type Clock } from "@monotask/telemetry";
import type { ChannelSettings, EmailSender } from "./channels/channel.ts";
import { webLink } from "./model/links.ts";
import type { LinkSecrets } from "./pages/action-links.ts";

/** What alerts need to know of a worker's environment. */
export interface AlertEnvironment {
  clock: Clock;
  channels: ChannelSettings;
  email?: EmailSender;
  /** Address of the dashboard (`DASHBOARD_URL`): messages link to its pages and runbooks. */
  dashboardUrl?: string;
  /** Where links that act lead and what signs them; absent where either is not set. */
  links?: LinkSecrets;
}

/** Reads the environment. Never throws: what is missing or malformed counts as not set. */
export function readEnvironment(env: object): AlertEnvironment {
  const { clock } = readSettings(env);
  const { alertEmail, slackWebhookUrl, pagerDutyRoutingKey } = readChannels(env);
  const pagerDutyEventsUrl = textOf(env, "PAGERDUTY_EVENTS_URL");
  const alertEmailFrom = textOf(env, "ALERT_EMAIL_FROM");
  const webhookUrl = textOf(env, "ALERT_WEBHOOK_URL");
  const webhookSecret = textOf(env, "ALERT_WEBHOOK_SECRET");
  const emailBinding = propertyOf(env, "EMAIL");
  return {
    clock,
    channels: {
      ...(alertEmail !== undefined && { alertEmail }),
      ...(alertEmailFrom !== undefined && { alertEmailFrom }),
      ...(slackWebhookUrl !== undefined && { slackWebhookUrl }),
      ...(pagerDutyRoutingKey !== undefined && { pagerDutyRoutingKey }),
      ...(pagerDutyEventsUrl !== undefined && { pagerDutyEventsUrl }),
      ...(webhookUrl !== undefined && { webhookUrl }),
      ...(webhookSecret !== undefined && { webhookSecret }),
      webhookHosts: (textOf(env, "ALERT_WEBHOOK_HOSTS") ?? "")
        .split(",")
        .map((host) => host.trim().toLowerCase())
        .filter(Boolean),
      named: namedSettings(env),
      allowLoopback: textOf(env, "ALLOW_LOOPBACK_CHANNELS") === "true",
    },
    ...dashboardOf(env),
    ...linksOf(env),
    ...(isEmailSender(emailBinding) && { email: emailBinding }),
  };
}

function dashboardOf(env: object): { dashboardUrl?: string } {
  const dashboardUrl = webLink(textOf(env, "DASHBOARD_URL"));
  return dashboardUrl === undefined ? {} : { dashboardUrl };
}

function linksOf(env: object): { links?: LinkSecrets } {
  const baseUrl = textOf(env, "MONOTASK_URL");
  const secret = textOf(env, "ALERT_LINK_SECRET");
  return baseUrl === undefined || secret === undefined || !URL.canParse(baseUrl) ? {} : { links: { baseUrl, secret } };
}

/** Settings of named targets: those whose names begin like the setting of a channel and go on. */
function namedSettings(env: object): Record<string, string> {
  const names = Object.keys(env).filter((name) =>
    /^(SLACK_WEBHOOK_URL|PAGERDUTY_ROUTING_KEY|ALERT_EMAIL|ALERT_WEBHOOK_URL)_./.test(name),
  );
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = textOf(env, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A text setting; empty counts as not set. */
function textOf(env: object, name: string): string | undefined {
  const value = propertyOf(env, name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** Read, not looked up with `in`: a service binding that stands in for mail answers to reads only. */
function isEmailSender(binding: unknown): binding is EmailSender {
  return typeof propertyOf(binding, "send") === "function";
}
