import type { CalendarUnit } from "./slo.ts";
import { epochOf, wallTimeOf } from "@monotask/spec-file";
import type { WallTime } from "@monotask/spec-file";

/** A calendar period in minutes from the epoch; `endMinute` is the first of the next. */
export interface Period {
  readonly startMinute: number;
  readonly endMinute: number;
}

/**
 * The calendar week (from Monday), month or quarter that holds a minute, by the zone's wall clock: a month with a change to summer
 * time is an hour shorter.
 */
export function periodAt(unit: CalendarUnit, timeZone: string, minute: number): Period {
  const now = wallTimeOf(minute * 60_000, timeZone);
  const first = startOf(unit, now);
  return { startMinute: minuteAt(first, timeZone), endMinute: minuteAt(next(unit, first), timeZone) };
}

const MIDNIGHT = { hour: 0, minute: 0 };

function startOf(unit: CalendarUnit, { year, month, day }: WallTime): WallTime {
  switch (unit) {
    case "week": {
      const daysSinceMonday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
      return { year, month, day: day - daysSinceMonday, ...MIDNIGHT };
    }
    case "month":
      return { year, month, day: 1, ...MIDNIGHT };
    case "quarter":
      return { year, month: month - ((month - 1) % 3), day: 1, ...MIDNIGHT };
  }
}

function next(unit: CalendarUnit, start: WallTime): WallTime {
  switch (unit) {
    case "week":
      return { ...start, day: start.day + 7 };
    case "month":
      return { ...start, month: start.month + 1 };
    case "quarter":
      return { ...start, month: start.month + 3 };
  }
}

function minuteAt(wall: WallTime, timeZone: string): number {
  return Math.floor(epochOf(wall, timeZone) / 60_000);
}
