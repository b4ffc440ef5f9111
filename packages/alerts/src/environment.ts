import { propertyOf, readSettings, type Clock } from "@monotask/telemetry";
import type { ChannelSettings, EmailSender } from "./channels/channel.ts";

/** What alerts need to know of a worker's environment. */
export interface AlertEnvironment {
  clock: Clock;
  channels: ChannelSettings;
  email?: EmailSender;
}

/** Reads the environment. Never throws: what is missing or malformed counts as not set. */
export function readEnvironment(env: object): AlertEnvironment {
  const { clock, alertEmail, slackWebhookUrl, pagerDutyRoutingKey } = readSettings(env);
  const pagerDutyEventsUrl = textOf(env, "PAGERDUTY_EVENTS_URL");
  const alertEmailFrom = textOf(env, "ALERT_EMAIL_FROM");
  const emailBinding = propertyOf(env, "EMAIL");
  return {
    clock,
    channels: {
      ...(alertEmail !== undefined && { alertEmail }),
      ...(alertEmailFrom !== undefined && { alertEmailFrom }),
      ...(slackWebhookUrl !== undefined && { slackWebhookUrl }),
      ...(pagerDutyRoutingKey !== undefined && { pagerDutyRoutingKey }),
      ...(pagerDutyEventsUrl !== undefined && { pagerDutyEventsUrl }),
      allowLoopback: textOf(env, "ALLOW_LOOPBACK_CHANNELS") === "true",
    },
    ...(isEmailSender(emailBinding) && { email: emailBinding }),
  };
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
