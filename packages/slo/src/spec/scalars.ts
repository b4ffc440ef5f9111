import { formatMinutes, formatMs, parseDurationMs, text } from "@monotask/spec-file";
import { MINUTE_MS } from "../model/cell.ts";
import { parseDecimal, ratio, timesRatio } from "../model/ratio.ts";
import type { Ratio } from "../model/ratio.ts";
import type { Decoder } from "@monotask/spec-file";

const DURATION_PATTERN = "^(\\d+w)?(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$";
/** Times a window in minutes, a factor of ten digits stays far below 2^53. */
const MOST_FACTOR_DIGITS = 10;
const PERCENT_PATTERN = "^\\d{1,6}(\\.\\d{1,7})?%$";
const TARGET_PATTERN = `^(> ?)?${PERCENT_PATTERN.slice(1)}`;
/** RFC 1123 label, the same rule as OpenSLO's names. */
const NAME_PATTERN = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** `200ms`, between the two bounds (milliseconds, both included). */
export function durationMs(least: number, most: number): Decoder<number> {
  return text({ pattern: DURATION_PATTERN }, (source) => {
    const value = parseDurationMs(source);
    const example = formatMs(Math.min(Math.max(30_000, least), most));
    if (value === undefined) {
      const hint = `Write whole numbers with units (w d h m s ms), the larger unit first: "${example}".`;
      return { code: "bad-duration", message: `"${source}" is not a duration`, hint };
    }
    if (value >= least && value <= most) return { value };
    const hint = `Write ${formatMs(least)} to ${formatMs(most)}.`;
    return { code: "duration-out-of-range", message: `${source} is outside ${formatMs(least)} to ${formatMs(most)}`, hint };
  });
}

/** `30d` in whole minutes, between the two bounds (minutes, both included). */
export function durationMinutes(least: number, most: number): Decoder<number> {
  return text({ pattern: DURATION_PATTERN }, (source) => {
    const value = parseDurationMs(source);
    const bounds = `${formatMinutes(least)} to ${formatMinutes(most)}`;
    if (value === undefined) {
      return { code: "bad-duration", message: `"${source}" is not a duration`, hint: `Write ${bounds}, as "30d", "6h" or "5m".` };
    }
    if (value % MINUTE_MS !== 0) {
      return {
        code: "duration-out-of-range",
        message: `${source} is not a whole number of minutes`,
        hint: "Slices are minutes: round it to minutes.",
      };
    }
    const minutes = value / MINUTE_MS;
    if (minutes >= least && minutes <= most) return { value: minutes };
    return { code: "duration-out-of-range", message: `${source} is outside ${bounds}`, hint: `Write ${bounds}.` };
  });
}

/** The name of an SLO. */
export const sloName: Decoder<string> = text({ pattern: NAME_PATTERN.source }, (source) =>
  NAME_PATTERN.test(source)
    ? { value: source }
    : {
        code: "bad-name",
        message: `"${source}" is not a name`,
        hint: "Write 1 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends.",
      },
);

/** A target: as written, and exactly. */
export interface WrittenTarget {
  readonly text: string;
  readonly ratio: Ratio;
  /** Written ">99%". */
  readonly isStrict: boolean;
}

/** A target above 0 % and below 100 %. */
export const targetPercent: Decoder<WrittenTarget> = text({ pattern: TARGET_PATTERN }, (source) => {
  const isStrict = source.startsWith(">");
  const written = source.replace(/^> ?/, "");
  const percent = written.endsWith("%") ? parseDecimal(written.slice(0, -1).trimEnd()) : undefined;
  if (percent === undefined) {
    const hint = 'Write a percentage with at most 7 decimals as text: "99.9%", or ">99%" where exactly 99 % is not enough.';
    return { code: "bad-target", message: `"${source}" is not a target`, hint };
  }
  const target = timesRatio(percent, ratio(1, 100));
  if (target.num > 0 && target.num < target.den) return { value: { text: written, ratio: target, isStrict } };
  const hint = 'Write more than 0 % and less than 100 %, for example "99.9%": 100 % leaves no budget to measure against.';
  return { code: "target-out-of-range", message: `a target of ${source} is out of range`, hint };
});

/** `14.4`, with or without quotes, exactly as written. */
export const factor: Decoder<Ratio> = text(
  {},
  (source) => {
    const value = source.replace(".", "").length <= MOST_FACTOR_DIGITS ? parseDecimal(source) : undefined;
    if (value !== undefined && value.num > 0) return { value };
    return {
      code: "bad-value",
      message: `"${source}" is not a factor`,
      hint: "Write a decimal above 0 with at most ten digits, seven of them decimals: 14.4.",
    };
  },
  "read",
);

/** `2%` of the budget, above 0 and at most 100 %. */
export const budgetShare: Decoder<Ratio> = text({ pattern: PERCENT_PATTERN }, (source) => {
  const percent = source.endsWith("%") ? parseDecimal(source.slice(0, -1).trimEnd()) : undefined;
  if (percent !== undefined && percent.num > 0 && percent.num <= percent.den * 100)
    return { value: timesRatio(percent, ratio(1, 100)) };
  return {
    code: "bad-value",
    message: `"${source}" is not a share of the budget`,
    hint: 'Write a percentage above 0 and up to 100: "2%".',
  };
});
