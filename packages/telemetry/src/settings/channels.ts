import { textReader, type SettingWarning } from "./settings.ts";

/** Where messages to people go, as a worker's `env` says. */
export interface Channels {
  readonly alertEmail?: string;
  readonly slackWebhookUrl?: string;
  readonly pagerDutyRoutingKey?: string;
  readonly warnings: readonly SettingWarning[];
}

/** Reads and checks the channels. Never throws: what cannot be used counts as not set, and is named in a warning without its value. */
export function readChannels(env: unknown): Channels {
  const warnings: SettingWarning[] = [];
  const text = textReader(env, warnings);
  const channel = (name: ChannelSetting): string | undefined => channelOf(name, text(name), warnings);
  const alertEmail = channel("ALERT_EMAIL");
  const slackWebhookUrl = channel("SLACK_WEBHOOK_URL");
  const pagerDutyRoutingKey = channel("PAGERDUTY_ROUTING_KEY");
  return {
    ...(alertEmail === undefined ? {} : { alertEmail }),
    ...(slackWebhookUrl === undefined ? {} : { slackWebhookUrl }),
    ...(pagerDutyRoutingKey === undefined ? {} : { pagerDutyRoutingKey }),
    warnings,
  };
}

const CHANNELS = {
  ALERT_EMAIL: { isUsable: (text) => /^[^\s@]+@[^\s@]+$/.test(text), use: "one e-mail address, such as alerts@example.com" },
  SLACK_WEBHOOK_URL: { isUsable: isHttpUrl, use: "the https:// URL that Slack gives for an incoming webhook" },
  PAGERDUTY_ROUTING_KEY: { isUsable: (text) => /^[\x21-\x7e]+$/.test(text), use: "the integration key of a PagerDuty service" },
} as const satisfies Readonly<Record<string, { isUsable: (text: string) => boolean; use: string }>>;

type ChannelSetting = keyof typeof CHANNELS;

function channelOf(setting: ChannelSetting, text: string | undefined, warnings: SettingWarning[]): string | undefined {
  if (text === undefined || CHANNELS[setting].isUsable(text)) return text;
  warnings.push({ setting, message: `${setting} cannot be used; set it to ${CHANNELS[setting].use}. It is ignored` });
  return undefined;
}

/** Whether http:// is allowed is for the channel to decide: only on this machine. */
function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
