import { createClock, parseClockSpec } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { propertyOf } from "./property.ts";
import { safeJson } from "../text/json.ts";
import { weightOfRate } from "../write/sampling.ts";

export type LogLevel = "info" | "warn" | "error";

/** What every room reads from a worker's `env`. Where messages go is read by `readChannels`, where they are sent. */
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
    warnings,
  };
}

/** Reads texts of an environment; what is no text is named in the warnings. */
export function textReader(env: unknown, warnings: SettingWarning[]): (name: string) => string | undefined {
  return (name) => {
    const value = propertyOf(env, name);
    if (value === undefined || value === null) return undefined;
    if (typeof value === "string") return value.trim() || undefined;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    warnings.push({ setting: name, message: `${name} must be a string in [vars]; it is ignored` });
    return undefined;
  };
}

/** One warning of a wrong value. A long value is not shown: it may be a secret in the wrong place. */
function wrong(setting: string, text: string, use: string, taken: unknown): SettingWarning {
  const shown = text.length <= 16 ? `"${text}"` : `a text of ${text.length} characters`;
  return { setting, message: `${setting} is ${shown}; use ${use}. Taken as ${String(taken)}` };
}

function logLevelOf(text: string | undefined, warnings: SettingWarning[]): LogLevel {
  if (text === undefined) return "info";
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (!level) warnings.push(wrong("LOG_LEVEL", text, "info, warn or error", "info"));
  return level ?? "info";
}

function fullRateOf(text: string | undefined, warnings: SettingWarning[]): number {
  const count = Number(text ?? 0);
  if (Number.isInteger(count) && count >= 0) return count;
  warnings.push(wrong("METRICS_FULL_RATE_PER_MINUTE", text ?? "", "a whole number from 0 up", 0));
  return 0;
}

function samplingOf(text: string | undefined, warnings: SettingWarning[]): Pick<Settings["sampling"], "rate" | "weight"> {
  const setting = "METRICS_SAMPLING_RATE";
  const asked = Number(text ?? DEFAULT_SAMPLING_RATE);
  const isRate = asked > 0 && asked <= 1;
  if (!isRate) warnings.push(wrong(setting, text ?? "", 'a number above 0 and up to 1, such as "0.1"', DEFAULT_SAMPLING_RATE));
  const weight = weightOfRate(isRate ? asked : DEFAULT_SAMPLING_RATE);
  const rate = 1 / weight;
  if (isRate && Math.abs(rate - asked) > 1e-9) {
    const used = `${Number(rate.toPrecision(6))} (1 of ${weight})`;
    warnings.push({ setting, message: `${setting} is ${asked}, which is not 1/n; ${used} is used` });
  }
  return { rate, weight };
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
