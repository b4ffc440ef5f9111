import { epochOf, wallTimeOf } from "@monotask/spec-file";
import { matches, type Matcher } from "../model/matcher.ts";
import type { AlertLabels } from "../model/signal.ts";
import type { Quiet } from "./routing.ts";

/** Quiet hours by the wall clock of a zone. */
export interface MuteTime {
  readonly name: string;
  readonly timeZone: string;
  readonly match: readonly Matcher[];
  /** 0 Sunday … 6 Saturday; empty for every day. */
  readonly weekdays: readonly number[];
  /** Minutes of the day; `to` at or before `from` is on the next day. */
  readonly from: number;
  readonly to: number;
  /** `2026-12-24`, both included; the day on which the hours begin. */
  readonly firstDay?: string;
  readonly lastDay?: string;
  readonly mutesCritical: boolean;
}

const DAY_MS = 86_400_000;

/** The quiet hours that hold an alert back at a moment, or null. */
export function quietAt(muteTimes: readonly MuteTime[], labels: AlertLabels, nowMs: number): Quiet | null {
  let longest: Quiet | null = null;
  for (const mute of muteTimes) {
    if (labels.severity === "critical" && !mute.mutesCritical) continue;
    if (!matches(mute.match, { name: "", labels })) continue;
    const untilMs = endOf(mute, nowMs);
    if (untilMs !== undefined && (longest === null || untilMs > longest.untilMs)) longest = { name: mute.name, untilMs };
  }
  return longest;
}

/** The end of the hours that a moment lies in; hours that began the day before count too. */
function endOf(mute: MuteTime, nowMs: number): number | undefined {
  const wall = wallTimeOf(nowMs, mute.timeZone);
  const todayMs = Date.UTC(wall.year, wall.month - 1, wall.day);
  for (const dayMs of [todayMs, todayMs - DAY_MS]) {
    if (!isMuted(mute, dayMs)) continue;
    const beginMs = momentOf(mute, dayMs, mute.from);
    const endMs = momentOf(mute, mute.to <= mute.from ? dayMs + DAY_MS : dayMs, mute.to);
    if (nowMs >= beginMs && nowMs < endMs) return endMs;
  }
  return undefined;
}

function isMuted({ weekdays, firstDay, lastDay }: MuteTime, dayMs: number): boolean {
  const date = new Date(dayMs);
  const text = date.toISOString().slice(0, 10);
  if (firstDay !== undefined && text < firstDay) return false;
  if (lastDay !== undefined && text > lastDay) return false;
  return weekdays.length === 0 || weekdays.includes(date.getUTCDay());
}

/** A time of day on a day of the zone, whatever summer time does that night. */
function momentOf({ timeZone }: MuteTime, dayMs: number, minuteOfDay: number): number {
  const date = new Date(dayMs);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return epochOf({ year, month, day, hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60 }, timeZone);
}
