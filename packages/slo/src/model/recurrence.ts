import { epochOf } from "@monotask/spec-file";
import type { WallTime } from "@monotask/spec-file";

const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"] as const;
type Weekday = (typeof WEEKDAYS)[number];

/** A recurrence of RFC 5545 as far as maintenance windows need it. */
export interface Recurrence {
  readonly frequency: "DAILY" | "WEEKLY" | "MONTHLY";
  readonly interval: number;
  readonly count: number | undefined;
  /** Last day that may begin one, `20261231` or `20261231T…Z`, epoch milliseconds at the end of it. */
  readonly untilMs: number | undefined;
  /** With an ordinal in a month: 1 = first, −1 = last; 0 = every one. */
  readonly byDay: readonly { readonly ordinal: number; readonly weekday: Weekday }[];
  readonly byMonthDay: readonly number[];
  /** First day of a week, which says how weeks are counted where only every second or third is meant. */
  readonly weekStart: Weekday;
}

export type ParsedRecurrence =
  { readonly kind: "recurrence"; readonly recurrence: Recurrence } | { readonly kind: "invalid"; readonly message: string };

/** Reads `FREQ=WEEKLY;BYDAY=SU`. Parts that are not offered (BYHOUR, BYSETPOS, …) are named, never ignored. */
export function parseRecurrence(text: string): ParsedRecurrence {
  const parts = new Map<string, string>();
  for (const part of text.replace(/^RRULE:/i, "").split(";")) {
    const [key = "", value = ""] = part.split("=");
    if (value === "") return invalid(`"${part}" is not KEY=value`);
    if (parts.has(key.toUpperCase())) return invalid(`${key} is written twice`);
    parts.set(key.toUpperCase(), value.toUpperCase());
  }
  const unknown = [...parts.keys()].find((key) => !KNOWN_PARTS.includes(key));
  if (unknown !== undefined) return invalid(`${unknown} is not offered; known are ${KNOWN_PARTS.join(", ")}`);
  const frequency = parts.get("FREQ");
  if (frequency !== "DAILY" && frequency !== "WEEKLY" && frequency !== "MONTHLY")
    return invalid("FREQ is DAILY, WEEKLY or MONTHLY");
  const interval = wholeNumber(parts.get("INTERVAL") ?? "1");
  const count = parts.has("COUNT") ? wholeNumber(parts.get("COUNT") ?? "") : undefined;
  if (interval === undefined || (parts.has("COUNT") && count === undefined))
    return invalid("INTERVAL and COUNT are whole numbers from 1");
  const untilMs = parts.has("UNTIL") ? untilOf(parts.get("UNTIL") ?? "") : undefined;
  if (parts.has("UNTIL") && untilMs === undefined) return invalid("UNTIL is a date, 20261231 or 20261231T220000Z");
  if (count !== undefined && untilMs !== undefined) return invalid("COUNT and UNTIL exclude each other");
  const byDay = (parts.get("BYDAY")?.split(",") ?? []).map(dayOf);
  const byMonthDay = (parts.get("BYMONTHDAY")?.split(",") ?? []).map(Number);
  if (byDay.includes(undefined)) return invalid("BYDAY is a list of MO TU WE TH FR SA SU, in a month also 1MO or -1FR");
  if (byMonthDay.some((day) => !Number.isInteger(day) || day === 0 || Math.abs(day) > 31))
    return invalid("BYMONTHDAY is a list of days from 1 to 31 or -1 to -31");
  const days = byDay.flatMap((day) => day ?? []);
  const weekStart = WEEKDAYS.find((day) => day === (parts.get("WKST") ?? "MO"));
  if (weekStart === undefined) return invalid("WKST is one of MO TU WE TH FR SA SU");
  if (frequency !== "MONTHLY" && (byMonthDay.length > 0 || days.some((day) => day.ordinal !== 0)))
    return invalid("BYMONTHDAY and ordinals such as 1MO need FREQ=MONTHLY");
  return { kind: "recurrence", recurrence: { frequency, interval, count, untilMs, byDay: days, byMonthDay, weekStart } };
}

const KNOWN_PARTS = ["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"];
const DAY_MS = 86_400_000;

/**
 * Begins of the occurrences of `first` that lie between two moments (a day before the first of them may come along), in order. All begin
 * at the same wall-clock time of the zone, so an hour of maintenance at 02:00 stays at 02:00 over summer time.
 */
export function* occurrences(
  first: WallTime,
  timeZone: string,
  rule: Recurrence,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): Generator<number> {
  const firstDayMs = Date.UTC(first.year, first.month - 1, first.day);
  // No zone is more than a day away from UTC. A rule of years has thousands of days behind it that nobody asks for.
  const askedDayMs = fromMs - 2 * DAY_MS;
  const skipped = rule.count === undefined ? Math.max(0, Math.floor((askedDayMs - firstDayMs) / DAY_MS)) : 0;
  let counted = 0;
  for (let dayMs = firstDayMs + skipped * DAY_MS; dayMs <= untilMs + DAY_MS; dayMs += DAY_MS) {
    if (!isDayOf(rule, first, firstDayMs, dayMs)) continue;
    counted += 1;
    if (rule.count !== undefined && counted > rule.count) return;
    if (dayMs < askedDayMs) continue;
    const date = new Date(dayMs);
    const wall = { ...first, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    const beginMs = epochOf(wall, timeZone);
    if (beginMs > untilMs || (rule.untilMs !== undefined && beginMs > rule.untilMs)) return;
    yield beginMs;
  }
}

function isDayOf(rule: Recurrence, first: WallTime, firstDayMs: number, dayMs: number): boolean {
  const date = new Date(dayMs);
  const weekday = WEEKDAYS[date.getUTCDay()] ?? "SU";
  switch (rule.frequency) {
    case "DAILY": {
      const isTurn = ((dayMs - firstDayMs) / DAY_MS) % rule.interval === 0;
      return isTurn && (rule.byDay.length === 0 || rule.byDay.some((day) => day.weekday === weekday));
    }
    case "WEEKLY": {
      const weekBegin = WEEKDAYS.indexOf(rule.weekStart);
      const weekOf = (ms: number): number => ms - ((new Date(ms).getUTCDay() - weekBegin + 7) % 7) * DAY_MS;
      const isTurn = ((weekOf(dayMs) - weekOf(firstDayMs)) / (7 * DAY_MS)) % rule.interval === 0;
      const wanted = rule.byDay.length > 0 ? rule.byDay.map((day) => day.weekday) : [WEEKDAYS[new Date(firstDayMs).getUTCDay()]];
      return isTurn && wanted.includes(weekday);
    }
    case "MONTHLY": {
      const months = (date.getUTCFullYear() - first.year) * 12 + date.getUTCMonth() + 1 - first.month;
      if (months % rule.interval !== 0) return false;
      const day = date.getUTCDate();
      const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
      const isByDay = rule.byDay.some((by) => by.weekday === weekday && isOrdinal(by.ordinal, day, length));
      const isByMonthDay = rule.byMonthDay.some((by) => by === day || by === day - length - 1);
      if (rule.byDay.length > 0 && rule.byMonthDay.length > 0) return isByDay && isByMonthDay;
      return rule.byDay.length > 0 ? isByDay : rule.byMonthDay.length > 0 ? isByMonthDay : day === first.day;
    }
  }
}

function isOrdinal(ordinal: number, day: number, length: number): boolean {
  if (ordinal === 0) return true;
  return ordinal > 0 ? Math.ceil(day / 7) === ordinal : Math.ceil((length - day + 1) / 7) === -ordinal;
}

function dayOf(text: string): { ordinal: number; weekday: Weekday } | undefined {
  const match = /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)$/.exec(text);
  const weekday = WEEKDAYS.find((candidate) => candidate === match?.[2]);
  return weekday === undefined ? undefined : { ordinal: Number(match?.[1] ?? 0), weekday };
}

function untilOf(text: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z?)?$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 23, minute = 59, second = 59] = match
    .slice(1)
    .map((digits: string | undefined) => (digits === undefined ? undefined : Number(digits)));
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(ms).getUTCMonth() === month - 1 ? ms : undefined;
}

function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined;
}

function invalid(message: string): ParsedRecurrence {
  return { kind: "invalid", message };
}
