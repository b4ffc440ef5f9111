import { isTimeZone, parseDurationMs, text, type Decoder } from "@monotask/spec-file";
import { parseMatcher, type Matcher } from "../model/matcher.ts";
import { isTarget, type Target } from "../model/target.ts";

const MINUTE_MS = 60_000;

/** Whole minutes between two bounds, both included. */
export function minutes(least: number, most: number): Decoder<number> {
  const hint = `Write ${least}m to ${most}m in whole minutes, such as "5m" or "1h".`;
  return text({ pattern: "^(\\d+w)?(\\d+d)?(\\d+h)?(\\d+m)?$|^0m$" }, (source) => {
    const ms = source === "0m" ? 0 : parseDurationMs(source);
    if (ms === undefined) return { code: "bad-duration", message: `"${source}" is not a duration`, hint };
    const value = ms / MINUTE_MS;
    if (Number.isInteger(value) && value >= least && value <= most) return { value };
    return { code: "duration-out-of-range", message: `${source} is outside ${least} to ${most} minutes`, hint };
  });
}

/** A whole number from a bound on, with or without quotes. */
export function wholeNumber(least: number, most = 1_000_000_000): Decoder<number> {
  return text(
    {},
    (source) => {
      const value = /^\d{1,10}$/.test(source) ? Number(source) : Number.NaN;
      if (value >= least && value <= most) return { value };
      const hint = `Write a whole number from ${least} to ${most}.`;
      return { code: "bad-value", message: `"${source}" is not a number that can stand here`, hint };
    },
    "read",
  );
}

/** `worker=api-*`, `severity!=info`. */
export const matcher: Decoder<Matcher> = text({ pattern: "^\\s*[A-Za-z_][\\w.-]*\\s*!?=" }, (source) => {
  const parsed = parseMatcher(source);
  if (!("code" in parsed)) return { value: parsed };
  return {
    code: parsed.code,
    message: parsed.message,
    hint: 'Write "worker=api-gateway" or "severity!=info"; * stands for any text.',
  };
});

/** `slack`, `slack:#monotask-oncall`, `email:alerts@monotask.dev`, `pagerduty`. */
export const target: Decoder<Target> = text({ pattern: "^(email|slack|pagerduty|webhook|log)(:.*\\S.*)?$" }, (source) =>
  isTarget(source)
    ? { value: source }
    : {
        code: "bad-target",
        message: `"${source}" is no target`,
        hint: 'Write a channel (email, slack, pagerduty, webhook, log), or a channel and a place: "slack:#monotask-oncall".',
      },
);

/** An IANA zone. */
export const timeZone: Decoder<string> = text({}, (source) =>
  isTimeZone(source)
    ? { value: source }
    : { code: "bad-time-zone", message: `"${source}" is not a time zone`, hint: 'Write an IANA zone: "Europe/Vienna", "UTC".' },
);

/** `07:30` as minutes of the day; `24:00` is the day's end. */
export const timeOfDay: Decoder<number> = text({ pattern: "^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$" }, (source) => {
  const [, hour = "", minute = ""] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(source) ?? [];
  const value = Number(hour) * 60 + Number(minute);
  if (hour !== "" && value <= 1_440) return { value };
  return { code: "bad-time", message: `"${source}" is not a time of day`, hint: 'Write hours and minutes in quotes: "22:00".' };
});

/** `2026-12-24`. */
export const day: Decoder<string> = text({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" }, (source) => {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(source) ? Date.parse(`${source}T00:00Z`) : Number.NaN;
  if (!Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(source)) return { value: source };
  return { code: "bad-time", message: `"${source}" is not a day`, hint: 'Write year, month and day: "2026-12-24".' };
});
