/** A moment as a wall clock shows it. Months and days from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the runtime knows an IANA time zone; abbreviations such as CET and offsets are refused, because they know no summer time. */
export function isTimeZone(name: string): boolean {
  if (name !== "UTC" && !/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What a wall clock in the zone shows. */
export function wallTimeOf(epochMs: number, timeZone: string): WallTime {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(epochMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return { year: part("year"), month: part("month"), day: part("day"), hour: part("hour"), minute: part("minute") };
}

/**
 * The moment a wall clock in the zone shows this. A time that a change to summer time leaps over means as long after the leap; one that
 * happens twice means the first. Months and days outside their range carry over, as in `Date.UTC`.
 */
export function epochOf(wall: WallTime, timeZone: string): number {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  const dayMs = 86_400_000;
  // The offset may change in between; one of the two is right, or both are.
  const offsets = [offsetAt(asUtc - dayMs, timeZone), offsetAt(asUtc + dayMs, timeZone)];
  const candidates = offsets.map((offset) => asUtc - offset).filter((epochMs) => epochMs + offsetAt(epochMs, timeZone) === asUtc);
  return candidates.length > 0 ? Math.min(...candidates) : asUtc - (offsets[0] ?? 0);
}

function offsetAt(epochMs: number, timeZone: string): number {
  const wall = wallTimeOf(epochMs, timeZone);
  const whole = Math.floor(epochMs / 60_000) * 60_000;
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute) - whole;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  formats.set(timeZone, format);
  return format;
}
