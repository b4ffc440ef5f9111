import { parseWallTime } from "../model/exclusion.ts";
import { parseRecurrence } from "../model/recurrence.ts";
import { anyText, described, object, optional, required, text } from "@monotask/spec-file";
import type { Decoder, Found } from "@monotask/spec-file";
import { timeZone } from "./indicator-shape.ts";
import { durationMinutes } from "./scalars.ts";

/** One of `exclusions:` as written. */
export interface WrittenExclusion {
  readonly from: Found<string> | undefined;
  readonly duration: Found<number> | undefined;
  readonly timeZone: Found<string> | undefined;
  readonly rrule: Found<string> | undefined;
  readonly reason: Found<string> | undefined;
  readonly by: Found<string> | undefined;
}

const wallTime: Decoder<string> = text({ pattern: "^\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}$" }, (source) =>
  parseWallTime(source) === undefined
    ? {
        code: "bad-time",
        message: `"${source}" is not a moment`,
        hint: 'Write a day and a time of the time zone: "2026-12-01T02:00".',
      }
    : { value: source },
);

const rrule: Decoder<string> = text({ pattern: "^(RRULE:)?[A-Za-z]+=" }, (source) => {
  const parsed = parseRecurrence(source);
  if (parsed.kind === "recurrence") return { value: source };
  return { code: "bad-recurrence", message: `"${source}": ${parsed.message}`, hint: 'Write an RRULE: "FREQ=WEEKLY;BYDAY=SU".' };
});

export const exclusionField: Decoder<WrittenExclusion> = object({
  from: required(described(wallTime, "Begin of the (first) excluded time, wall clock of the time zone: 2026-12-01T02:00.")),
  duration: required(described(durationMinutes(1, 31 * 1_440), "How long each exclusion lasts.")),
  timeZone: optional(described(timeZone, "UTC when left out.")),
  rrule: optional(described(rrule, "RFC 5545 recurrence: FREQ=WEEKLY;BYDAY=SU. Left out: it happens once.")),
  reason: required(described(anyText, "Why this time does not count; shown with every status and report.")),
  by: required(described(anyText, "Who decided it.")),
});
