import { createClock, parseClockSpec } from "../clock.ts";
import type { Clock } from "../clock.ts";
import { propertyOf } from "./property.ts";
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

  /** What a variable says; its default, with a warning, where that cannot be used. */
  function read<T>(setting: string, byDefault: T, use: string, parse: (text: string) => T | undefined): T {
    const given = text(setting);
    if (given === undefined) return byDefault;
    const value = parse(given);
    if (value === undefined) warnings.push(wrong(setting, given, use, byDefault));
    return value ?? byDefault;
  }

  const asked = read("METRICS_SAMPLING_RATE", DEFAULT_SAMPLING_RATE, 'a number above 0 and up to 1, such as "0.1"', rateOf);
  return {
    logLevel: read("LOG_LEVEL", "info", "info, warn or error", (given) =>
      LOG_LEVELS.find((level) => level === given.toLowerCase()),
    ),
    sampling: {
      ...samplingAt(asked, warnings),
      fullRatePerMinute: read("METRICS_FULL_RATE_PER_MINUTE", 0, "a whole number from 0 up", countOf),
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

function rateOf(text: string): number | undefined {
  const rate = Number(text);
  return rate > 0 && rate <= 1 ? rate : undefined;
}

function countOf(text: string): number | undefined {
  const count = Number(text);
  return Number.isInteger(count) && count >= 0 ? count : undefined;
}

function samplingAt(asked: number, warnings: SettingWarning[]): Pick<Settings["sampling"], "rate" | "weight"> {
  const setting = "METRICS_SAMPLING_RATE";
  const weight = weightOfRate(asked);
  const rate = 1 / weight;
  // As near as the six digits that the warning itself advises.
  if (Math.abs(asked * weight - 1) > 1e-5) {
    const used = `${Number(rate.toPrecision(6))} (1 of ${weight})`;
    warnings.push({ setting, message: `${setting} is ${asked}, which is not 1/n; ${used} is used` });
  }
  return { rate, weight };
}

function versionOf(env: unknown): string {
  const id = propertyOf(propertyOf(env, "CF_VERSION_METADATA"), "id");
  return typeof id === "string" ? id : "";
}

function clockOf(value: unknown, warnings: SettingWarning[]): Clock {
  if (value === undefined || value === null || (typeof value === "string" && value.trim() === "")) return createClock();
  const spec = parseClockSpec(value);
  if (!spec) {
    warnings.push({
      setting: "MONOTASK_CLOCK",
      message: 'MONOTASK_CLOCK must be {"realMs":…,"virtualMs":…,"rate":…}; real time is used',
    });
  }
  return createClock(spec);
}
