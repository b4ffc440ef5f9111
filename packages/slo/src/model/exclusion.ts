import { occurrences, parseRecurrence } from "./recurrence.ts";
import type { Exclusion } from "./slo.ts";
import { epochOf } from "@monotask/spec-file";
import type { WallTime } from "@monotask/spec-file";

/** One stretch that is excluded, with the exclusion it comes from. */
export interface ExcludedRange {
  readonly exclusion: Exclusion;
  readonly fromMinute: number;
  /** Not included. */
  readonly toMinute: number;
}

/** `2026-12-01T02:00` → its parts; undefined for anything else, February 30 included. */
export function parseWallTime(text: string): WallTime | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
  return isReal ? { year, month, day, hour, minute } : undefined;
}

/** The excluded stretches that touch minutes `fromMinute` ≤ m < `toMinute`, in order. */
export function excludedRanges(exclusions: readonly Exclusion[], fromMinute: number, toMinute: number): ExcludedRange[] {
  return exclusions
    .flatMap((exclusion) => rangesOf(exclusion, fromMinute, toMinute))
    .filter((range) => range.toMinute > fromMinute && range.fromMinute < toMinute)
    .sort((a, b) => a.fromMinute - b.fromMinute);
}

function rangesOf(exclusion: Exclusion, fromMinute: number, toMinute: number): ExcludedRange[] {
  const first = parseWallTime(exclusion.from);
  if (first === undefined) return [];
  const asked = { fromMs: (fromMinute - exclusion.durationMinutes) * 60_000, untilMs: toMinute * 60_000 };
  return [...beginsOf(exclusion, first, asked)].map((beginMs) => {
    const begin = Math.floor(beginMs / 60_000);
    return { exclusion, fromMinute: begin, toMinute: begin + exclusion.durationMinutes };
  });
}

function beginsOf(
  { timeZone, rrule }: Exclusion,
  first: WallTime,
  asked: { readonly fromMs: number; readonly untilMs: number },
): Iterable<number> {
  if (rrule === undefined) return [epochOf(first, timeZone)];
  const parsed = parseRecurrence(rrule);
  return parsed.kind === "recurrence" ? occurrences(first, timeZone, parsed.recurrence, asked) : [];
}
