import { parseSlos, rollUp } from "../index.ts";
import type { Cell, Slo, SloAlertId, SloStatus } from "../index.ts";
import { decide, evaluateSlo } from "../index.ts";
import type { AlertMemory } from "../index.ts";

/** The one SLO of a native entry given as indented lines; throws when the lines are not right. */
export function sloOf(given: readonly string[]): Slo {
  // Small counts would be held back as chance: tests of the guard say so themselves.
  const lines = given.some((line) => line.startsWith("lowTraffic")) ? given : [...given, "lowTraffic: off"];
  const parsed = parseSlos([{ file: "test.yaml", text: nativeFile(lines) }]);
  const [slo] = parsed.slos;
  if (slo === undefined || parsed.slos.length !== 1) throw new Error(JSON.stringify(parsed.issues, undefined, 1));
  return slo;
}

/** A file with one entry: name and service are there, the rest is given. */
export function nativeFile(lines: readonly string[]): string {
  const head = ["apiVersion: monotask.dev/v1", "slos:", "  - name: api", "    service: api"];
  return [...head, ...lines.map((line) => `    ${line}`), ""].join("\n");
}

export const AVAILABILITY = "indicator: { kind: request, good: availability }";

/** API availability with a target, default window and table. */
export function availabilitySlo(target: string, ...more: readonly string[]): Slo {
  return sloOf([AVAILABILITY, `target: "${target}"`, ...more]);
}

/** An hour, so that cells of all tiers begin at it. */
export const START = 29_000_040;

export function cell(minute: number, total: number, bad: number): Cell {
  return { minute, total, good: total - bad, varGood: 0, varTotal: 0 };
}

/** Error-free minutes from `fromMinute` up to, not including, `toMinute`, as the store keeps them: hours, five minutes, minutes. */
export function quietHistory(fromMinute: number, toMinute: number, perMinute: number): Cell[] {
  const fivesFrom = toMinute - 3 * 1_440 - 60;
  const minutesFrom = toMinute - 6 * 60 - 60;
  const minutes = Array.from({ length: toMinute - fromMinute }, (_, index) => ({
    ...cell(fromMinute + index, perMinute, 0),
    sloName: "api",
  }));
  return [
    ...rollUp(
      minutes.filter(({ minute }) => minute < fivesFrom),
      60,
    ),
    ...rollUp(
      minutes.filter(({ minute }) => minute >= fivesFrom && minute < minutesFrom),
      5,
    ),
    ...minutes.filter(({ minute }) => minute >= minutesFrom),
  ];
}

/** One stretch of an incident; each minute is measured unless it is missing. */
export type Stretch = { minutes: number; total: number; bad: number } | { minutes: number; missing: true };

/** When a rule fired and cleared, in minutes from the start of the incident: 9 is the end of the ninth minute. */
export interface Timing {
  firesAt: number | null;
  clearsAt: number | null;
}

/** Plays an incident after 31 quiet days, minute by minute, and notes the first firing and the first clearing of each rule. */
export function play(slo: Slo, stretches: readonly Stretch[]): { timings: Map<SloAlertId, Timing>; statuses: SloStatus[] } {
  const [first] = stretches;
  const perMinute = first !== undefined && "total" in first ? first.total : 1_000;
  const firstMinute = START - 31 * 1_440;
  const cells: Cell[] = quietHistory(firstMinute, START, perMinute);
  const timings = new Map<SloAlertId, Timing>(slo.rules.map((rule) => [rule.id, { firesAt: null, clearsAt: null }]));
  const statuses: SloStatus[] = [];
  let previous: readonly AlertMemory[] = [];
  let minute = START;
  for (const stretch of stretches) {
    for (let count = 0; count < stretch.minutes; count += 1, minute += 1) {
      if ("total" in stretch) cells.push(cell(minute, stretch.total, stretch.bad));
      const status = evaluateSlo(slo, cells, { nowMinute: minute, firstMinute, previous });
      note(timings, decide(previous, status), minute - START + 1);
      statuses.push(status);
      previous = status.alerts;
    }
  }
  return { timings, statuses };
}

function note(timings: Map<SloAlertId, Timing>, alerts: readonly AlertMemory[], at: number): void {
  for (const { rule, isFiring } of alerts) {
    const timing = timings.get(rule);
    if (timing === undefined) continue;
    if (isFiring) timing.firesAt ??= at;
    else if (timing.firesAt !== null) timing.clearsAt ??= at;
  }
}
