import { UserError } from "../io.ts";
import { isJsonObject } from "../json.ts";

export const LOGPUSH_FILE = "config/logpush.json";

/** What is kept of the workers' logs. Secrets are never part of it. */
export interface LogpushConfig {
  /** Workers whose logs are kept; empty keeps all of the account. */
  readonly workers: readonly string[];
  /** Days until R2 removes a log; the specification says 90. */
  readonly retentionDays: number;
  /** Folder in the bucket; `{DATE}` becomes YYYYMMDD. */
  readonly path: string;
  /** Share of log records kept, above 0 and up to 1. */
  readonly sampleRate: number;
  /** Fields of the dataset workers_trace_events. */
  readonly fields: readonly string[];
  /** Longest wait before records are written, 30 to 300 s. */
  readonly maxUploadIntervalSeconds: number;
}

/** Fields of workers_trace_events (developers.cloudflare.com/logs, dataset page). */
export const TRACE_FIELDS: readonly string[] = [
  "CPUTimeMs",
  "DispatchNamespace",
  "Entrypoint",
  "Event",
  "EventTimestampMs",
  "EventType",
  "Exceptions",
  "Logs",
  "Outcome",
  "ScriptName",
  "ScriptTags",
  "ScriptVersion",
  "WallTimeMs",
];

const DEFAULTS: LogpushConfig = {
  workers: [],
  retentionDays: 90,
  path: "workers/{DATE}",
  sampleRate: 1,
  fields: [
    "CPUTimeMs",
    "Entrypoint",
    "Event",
    "EventTimestampMs",
    "EventType",
    "Exceptions",
    "Logs",
    "Outcome",
    "ScriptName",
    "ScriptVersion",
    "WallTimeMs",
  ],
  maxUploadIntervalSeconds: 60,
};

/** The file a project begins with. */
export function startingLogpush(workers: readonly string[]): string {
  return `${JSON.stringify({ ...DEFAULTS, workers }, undefined, 2)}\n`;
}

/** Reads config/logpush.json; what is left out has a default. @throws UserError that names the key and what it must be */
export function parseLogpushConfig(text: string, file: string = LOGPUSH_FILE): LogpushConfig {
  const data = objectOf(text, file);
  const fail = (key: string, what: string): never => {
    throw new UserError(`${file}: "${key}" must be ${what}`);
  };
  const unknown = Object.keys(data).find((key) => !Object.hasOwn(DEFAULTS, key) && key !== "$schema");
  if (unknown !== undefined)
    throw new UserError(`${file}: there is no key "${unknown}"; use ${Object.keys(DEFAULTS).join(", ")}`);
  const texts = (key: "workers" | "fields"): readonly string[] => {
    const value = data[key];
    if (value === undefined) return DEFAULTS[key];
    return Array.isArray(value) && value.every((item): item is string => typeof item === "string")
      ? value
      : fail(key, "a list of texts");
  };
  const number = (
    key: "retentionDays" | "sampleRate" | "maxUploadIntervalSeconds",
    isFit: (value: number) => boolean,
    what: string,
  ): number => {
    const value = data[key] ?? DEFAULTS[key];
    return typeof value === "number" && isFit(value) ? value : fail(key, what);
  };
  const fields = texts("fields");
  const wrong = fields.find((field) => !TRACE_FIELDS.includes(field));
  if (wrong !== undefined)
    throw new UserError(`${file}: workers_trace_events has no field "${wrong}"; use ${TRACE_FIELDS.join(", ")}`);
  const path = data["path"] ?? DEFAULTS.path;
  return {
    workers: texts("workers"),
    retentionDays: number("retentionDays", (days) => Number.isInteger(days) && days >= 1, "whole days, at least 1"),
    path:
      typeof path === "string" && /^[\w{}/.-]+$/.test(path) && !path.startsWith("/")
        ? path
        : fail("path", "a folder such as workers/{DATE}"),
    sampleRate: number("sampleRate", (rate) => rate > 0 && rate <= 1, "a number above 0 and up to 1"),
    fields,
    maxUploadIntervalSeconds: number(
      "maxUploadIntervalSeconds",
      (s) => Number.isInteger(s) && s >= 30 && s <= 300,
      "30 to 300 seconds",
    ),
  };
}

function objectOf(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return { ...value };
  } catch {
    // told below
  }
  throw new UserError(`${file} is not a JSON object`);
}
