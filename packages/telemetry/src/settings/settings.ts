import { createClock, parseClockSpec } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { propertyOf } from "./property.ts";
import { safeJson } from "../text/json.ts";
import { weightOfRate } from "../write/sampling.ts";

export type LogLevel = "info" | "warn" | "error";

/** What every room reads from a worker's `env`. */
export interface Settings {
  readonly logLevel: LogLevel;
  readonly sampling: {
    /** The rate in use: exactly 1 / weight. */
    readonly rate: number;
    /** Integer: one of `weight` healthy requests is kept. */
    readonly weight: number;
    /** Requests of each minute and isolate that are all kept before sampling begins. */
    readonly fullRatePerMinute: number;
  };
  readonly environment: string;
  readonly team: string;
  /** Deployed version id; empty where `version_metadata` is not bound. */
  readonly version: string;
  readonly clock: Clock;
  readonly alertEmail?: string;
  readonly slackWebhookUrl?: string;
  readonly pagerDutyRoutingKey?: string;
  readonly warnings: readonly SettingWarning[];
}

/** A setting that was not usable: what it was taken for instead, and the fix. Never holds the value of a secret. */
export interface SettingWarning {
  readonly setting: string;
  readonly message: string;
}

const DEFAULT_SAMPLING_RATE = 0.1;
const LOG_LEVELS: readonly LogLevel[] = ["info", "warn", "error"];

/** Reads and checks the variables of a worker. Never throws: what cannot be used has a default and a warning. */
export function readSettings(env: unknown): Settings {
  const warnings: SettingWarning[] = [];
  const text = textReader(env, warnings);
  const channel = (name: ChannelSetting): string | undefined => channelOf(name, text(name), warnings);
  const alertEmail = channel("ALERT_EMAIL");
  const slackWebhookUrl = channel("SLACK_WEBHOOK_URL");
  const pagerDutyRoutingKey = channel("PAGERDUTY_ROUTING_KEY");
  return {
    logLevel: logLevelOf(text("LOG_LEVEL"), warnings),
    sampling: {
      ...samplingOf(text("METRICS_SAMPLING_RATE"), warnings),
      fullRatePerMinute: fullRateOf(text("METRICS_FULL_RATE_PER_MINUTE"), warnings),
    },
    environment: text("ENVIRONMENT") ?? "production",
    team: text("TEAM") ?? "unowned",
    version: versionOf(env),
    clock: clockOf(propertyOf(env, "MONOTASK_CLOCK"), warnings),
    ...(alertEmail === undefined ? {} : { alertEmail }),
    ...(slackWebhookUrl === undefined ? {} : { slackWebhookUrl }),
    ...(pagerDutyRoutingKey === undefined ? {} : { pagerDutyRoutingKey }),
    warnings,
  };
}

function textReader(env: unknown, warnings: SettingWarning[]): (name: string) => string | undefined {
  return (name) => {
    const value = propertyOf(env, name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string") return value.trim() || undefined;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    warnings.push({ setting: name, message: `${name} must be a string in [vars]; it is ignored` });
    return undefined;
  };
}

/** A wrong value for a message. A long one is not shown: it may be a secret in the wrong place. */
function shown(text: string): string {
  return text.length <= 16 ? `"${text}"` : `a text of ${text.length} characters`;
}

function logLevelOf(text: string | undefined, warnings: SettingWarning[]): LogLevel {
  if (text === undefined) return "info";
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (!level)
    warnings.push({
      setting: "LOG_LEVEL",
      message: `LOG_LEVEL is ${shown(text)}; use info, warn or error. Taken as info`,
    });
  return level ?? "info";
}

function fullRateOf(text: string | undefined, warnings: SettingWarning[]): number {
  if (text === undefined) return 0;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0) return count;
  const setting = "METRICS_FULL_RATE_PER_MINUTE";
  warnings.push({ setting, message: `${setting} is ${shown(text)}; use a whole number from 0 up. Taken as 0` });
  return 0;
}

function samplingOf(text: string | undefined, warnings: SettingWarning[]): Pick<Settings["sampling"], "rate" | "weight"> {
  const setting = "METRICS_SAMPLING_RATE";
  const rate = text === undefined ? DEFAULT_SAMPLING_RATE : Number(text);
  if (!(rate > 0 && rate <= 1)) {
    warnings.push({
      setting,
      message: `${setting} is ${shown(text ?? "")}; use a number above 0 and up to 1, such as "0.1". Taken as 0.1`,
    });
    return { rate: DEFAULT_SAMPLING_RATE, weight: weightOfRate(DEFAULT_SAMPLING_RATE) };
  }
  const weight = weightOfRate(rate);
  if (Math.abs(1 / weight - rate) > 1e-9) {
    warnings.push({
      setting,
      message: `${setting} is ${rate}, which is not 1/n; ${Number((1 / weight).toPrecision(6))} (1 of ${weight}) is used`,
    });
  }
  return { rate: 1 / weight, weight };
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

function versionOf(env: unknown): string {
  const id = propertyOf(propertyOf(env, "CF_VERSION_METADATA"), "id");
  return typeof id === "string" ? id : "";
}

/** The clock of JSON text, or of the object that a JSON value in `vars` arrives as. */
function clockOf(value: unknown, warnings: SettingWarning[]): Clock {
  if (value === undefined || value === null || value === "") return createClock();
  const spec = parseClockSpec(typeof value === "string" ? value : safeJson(value));
  if (!spec) {
    warnings.push({
      setting: "MONOTASK_CLOCK",
      message: 'MONOTASK_CLOCK must be {"realMs":…,"virtualMs":…,"rate":…}; real time is used',
    });
  }
  return createClock(spec);
}
