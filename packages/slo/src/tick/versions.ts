import { effectiveOf, isTailBelow } from "../engine/guard.ts";
import type { MeasuredRow } from "../measure/row.ts";
import { KILLED_OUTCOMES } from "../measure/query.ts";

/** Requests of one deployed version of a worker in one minute. */
export interface VersionCount {
  readonly worker: string;
  readonly environment: string;
  readonly version: string;
  readonly minute: number;
  readonly total: number;
  readonly bad: number;
  /** Estimated variance of `bad` from sampling, Σw(w−1). */
  readonly varBad: number;
}

/** One version of a worker over the last hour. */
export interface VersionStatus {
  readonly worker: string;
  readonly environment: string;
  readonly version: string;
  readonly total: number;
  readonly bad: number;
  /** Estimated variance of `bad` from sampling, Σw(w−1). */
  readonly varBad: number;
  /** When it was first seen within the hour. */
  readonly firstMinute: number;
}

/** A new version that fails more than the old one beside it or before it. */
export interface WorseVersion {
  readonly worker: string;
  readonly environment: string;
  readonly newer: VersionStatus;
  readonly older: VersionStatus;
  /** How many times more often it fails; undefined where the old one did not fail at all. */
  readonly times: number | undefined;
}

/** What is kept of versions: long enough to compare, short enough that a mended version is forgiven. */
export const VERSION_MINUTES = 60;
/** What the hour is kept in. */
const QUARTER = 15;
/** Requests each version must have had, and failures that were seen of the new one, before the two are compared. */
const LEAST_EVENTS = 50;
const LEAST_FAILURES = 5;
const LEAST_TIMES = 2;
/** Chance of naming a version that is no worse, per comparison. */
const ALPHA = 1e-4;
const FIRST_SERVER_ERROR = 500;

/**
 * Requests per worker, version and minute among rows of the measurement; sorted, so that equal rows give equal lists.
 * @param decidedMinute minutes up to it have been counted before, and are left out
 */
export function versionCounts(rows: readonly MeasuredRow[], decidedMinute = 0): VersionCount[] {
  const counts = new Map<string, { -readonly [K in keyof VersionCount]: VersionCount[K] }>();
  for (const row of rows) {
    if (row.minute <= decidedMinute || row.version === "" || (row.kind !== "request" && row.kind !== "invocation")) continue;
    const { worker, environment } = row.fields;
    const key = keyOf({ worker, environment, version: row.version }, row.minute);
    let known = counts.get(key);
    if (known === undefined) {
      known = { worker, environment, version: row.version, minute: row.minute, total: 0, bad: 0, varBad: 0 };
      counts.set(key, known);
    }
    known.total += row.events;
    if (!isFailure(row)) continue;
    known.bad += row.events;
    known.varBad += row.variance;
  }
  return [...counts.values()].sort(byMinute);
}

/**
 * The history of the last hour after a tick, by quarters of an hour, oldest version first. Only minutes after the decided one are taken:
 * what arrives late is of both versions alike, and changes no comparison.
 */
export function keepVersions(
  before: readonly VersionHistory[],
  measured: readonly VersionCount[],
  decidedMinute: number | undefined,
  nowMinute: number,
): VersionHistory[] {
  const oldest = nowMinute - VERSION_MINUTES + 1;
  const kept = before.flatMap((history) => shortened(history, oldest));
  let places: Map<string, number> | undefined;
  let due = 0;
  for (const count of measured) {
    const { minute, total, bad, varBad } = count;
    if (minute <= (decidedMinute ?? 0) || minute < oldest || minute > nowMinute) continue;
    // Both lists are nearly always in one order.
    if (!isOf(kept[due], count)) {
      places ??= new Map(kept.map(([worker, environment, version], place) => [keyOf({ worker, environment, version }), place]));
      due = places.get(keyOf(count)) ?? kept.length;
      places.set(keyOf(count), due);
    }
    const known = kept[due]?.[3];
    kept[due] = [
      count.worker,
      count.environment,
      count.version,
      known === undefined ? [minute, total, bad, varBad] : added(known, count),
    ];
    due += 1;
  }
  return kept;
}

function isOf(history: VersionHistory | undefined, { worker, environment, version }: VersionCount): boolean {
  return history !== undefined && history[0] === worker && history[2] === version && history[1] === environment;
}

/** One deployed version with its counts one after the other: first minute of a quarter, total, bad, variance of bad. */
export type VersionHistory = readonly [worker: string, environment: string, version: string, counts: readonly number[]];

const FIGURES = 4;

function shortened(history: VersionHistory, oldest: number): VersionHistory[] {
  const [worker, environment, version, counts] = history;
  let from = 0;
  while (from < counts.length && (counts[from] ?? 0) < oldest) from += FIGURES;
  if (from === 0) return [history];
  return from === counts.length ? [] : [[worker, environment, version, counts.slice(from)]];
}

// Figure by figure: it is done for each version on each tick.
function added(counts: readonly number[], { minute, total, bad, varBad }: VersionCount): number[] {
  const at = counts.length - FIGURES;
  const isSameQuarter = Math.floor((counts[at] ?? 0) / QUARTER) === Math.floor(minute / QUARTER);
  if (!isSameQuarter) return [...counts, minute, total, bad, varBad];
  const more = counts.slice();
  more[at + 1] = (more[at + 1] ?? 0) + total;
  more[at + 2] = (more[at + 2] ?? 0) + bad;
  more[at + 3] = (more[at + 3] ?? 0) + varBad;
  return more;
}

/** Each version of the last hour, the newest first. */
export function versionStatuses(histories: readonly VersionHistory[]): VersionStatus[] {
  return histories.map(statusOf).sort((a, b) => b.firstMinute - a.firstMinute || order(a.version, b.version));
}

function statusOf([worker, environment, version, counts]: VersionHistory): VersionStatus {
  let [total, bad, varBad] = [0, 0, 0];
  for (let at = 0; at < counts.length; at += FIGURES) {
    total += counts[at + 1] ?? 0;
    bad += counts[at + 2] ?? 0;
    varBad += counts[at + 3] ?? 0;
  }
  return { worker, environment, version, total, bad, varBad, firstMinute: counts[0] ?? 0 };
}

/**
 * New versions that fail at least twice as often as the version before, beyond chance: so a bad rollout to 5 % of requests is named
 * although the whole service's error rate hardly moves. Both need some events; the old one's rate gets the benefit of one more failure.
 * A failure that stands for ten is one that was seen.
 */
export function worseVersions(histories: readonly VersionHistory[]): WorseVersion[] {
  const ofWorker = Map.groupBy(histories, ([worker]) => worker);
  const several = [...ofWorker.values()].filter((own) => own.length > 1);
  return several.flatMap((own) => worseOf(versionStatuses(own)));
}

function worseOf(statuses: readonly VersionStatus[]): WorseVersion[] {
  return statuses.flatMap((newer) => {
    const older = statuses
      .filter((other) => isSameWorker(newer, other) && other.firstMinute < newer.firstMinute && other.total >= LEAST_EVENTS)
      .sort((a, b) => b.firstMinute - a.firstMinute)[0];
    const { failures, events } = effectiveOf(newer.bad, newer.total, newer.varBad);
    if (older === undefined || newer.total < LEAST_EVENTS || failures < LEAST_FAILURES) return [];
    const oldRate = (older.bad + 1) / (older.total + 1);
    const isWorse = newer.bad / newer.total >= LEAST_TIMES * oldRate && isTailBelow(failures, events, oldRate, ALPHA);
    if (!isWorse) return [];
    const times = older.bad === 0 ? undefined : newer.bad / newer.total / (older.bad / older.total);
    return [{ worker: newer.worker, environment: newer.environment, newer, older, times }];
  });
}

function isFailure(row: MeasuredRow): boolean {
  if (row.kind === "invocation") return KILLED_OUTCOMES.some((outcome) => outcome === row.outcome);
  return row.outcome === "exception" || row.status >= FIRST_SERVER_ERROR;
}

function isSameWorker(a: VersionStatus, b: VersionStatus): boolean {
  return a.worker === b.worker && a.environment === b.environment && a.version !== b.version;
}

function byMinute(a: VersionCount, b: VersionCount): number {
  return a.minute - b.minute || order(a.worker, b.worker) || order(a.environment, b.environment) || order(a.version, b.version);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf(of: Pick<VersionCount, "worker" | "environment" | "version">, minute?: number): string {
  return `${of.worker}\n${of.environment}\n${of.version}\n${minute ?? ""}`;
}
