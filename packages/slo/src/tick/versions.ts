import { isTailBelow } from "../engine/guard.ts";
import type { MeasuredRow } from "../measure/row.ts";
import { KILLED_OUTCOMES } from "../measure/query.ts";

/** Requests of one deployed version of a worker in one minute, or from that minute to the end of its quarter of an hour. */
export interface VersionCount {
  readonly worker: string;
  readonly environment: string;
  readonly version: string;
  readonly minute: number;
  readonly total: number;
  readonly bad: number;
}

/** One version of a worker over the last hour. */
export interface VersionStatus {
  readonly worker: string;
  readonly environment: string;
  readonly version: string;
  readonly total: number;
  readonly bad: number;
  /** When it was first seen within the hour. */
  readonly firstMinute: number;
  readonly lastMinute: number;
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
/** Requests each version must have had, and failures the new one, before the two are compared. */
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
      known = { worker, environment, version: row.version, minute: row.minute, total: 0, bad: 0 };
      counts.set(key, known);
    }
    known.total += row.events;
    if (isFailure(row)) known.bad += row.events;
  }
  return [...counts.values()].sort(byMinute);
}

/**
 * The counts of the last hour after a tick, by quarters of an hour. Only minutes after the decided one are taken: what arrives late is of
 * both versions alike, and changes no comparison.
 */
export function keepVersions(
  before: readonly VersionCount[],
  measured: readonly VersionCount[],
  decidedMinute: number | undefined,
  nowMinute: number,
): VersionCount[] {
  const kept = before.filter(({ minute }) => minute > nowMinute - VERSION_MINUTES);
  const quarterOf = (minute: number): number => Math.floor(minute / QUARTER);
  // What went before is in order of its quarters, so only the newest of each version can still grow.
  const open = new Map<string, number>();
  kept.forEach((count, index) => open.set(keyOf(count), index));
  for (const count of measured) {
    if (count.minute <= (decidedMinute ?? 0) || count.minute <= nowMinute - VERSION_MINUTES || count.minute > nowMinute) continue;
    const key = keyOf(count);
    const index = open.get(key);
    const known = index === undefined ? undefined : kept[index];
    if (index !== undefined && known !== undefined && quarterOf(known.minute) === quarterOf(count.minute))
      kept[index] = { ...known, total: known.total + count.total, bad: known.bad + count.bad };
    else open.set(key, kept.push(count) - 1);
  }
  return kept;
}

/** A version with its counts one after the other: minute, total, bad. */
export type PackedVersion = readonly [worker: string, environment: string, version: string, counts: readonly number[]];

export function packVersions(counts: readonly VersionCount[]): PackedVersion[] {
  const packed = new Map<string, [string, string, string, number[]]>();
  for (const count of counts) {
    const { worker, environment, version, minute, total, bad } = count;
    const key = keyOf(count);
    const known = packed.get(key);
    if (known === undefined) packed.set(key, [worker, environment, version, [minute, total, bad]]);
    else known[3].push(minute, total, bad);
  }
  return [...packed.values()];
}

export function unpackVersions(packed: readonly PackedVersion[]): VersionCount[] {
  return packed.flatMap(([worker, environment, version, counts]) => {
    const own: VersionCount[] = [];
    for (let at = 0; at < counts.length; at += 3) {
      const [minute = 0, total = 0, bad = 0] = [counts[at], counts[at + 1], counts[at + 2]];
      own.push({ worker, environment, version, minute, total, bad });
    }
    return own;
  });
}

/** Each version of the last hour, the newest first. */
export function versionStatuses(counts: readonly VersionCount[]): VersionStatus[] {
  const statuses = new Map<string, VersionStatus>();
  for (const { worker, environment, version, minute, total, bad } of counts) {
    const key = keyOf({ worker, environment, version });
    const before = statuses.get(key);
    statuses.set(key, {
      worker,
      environment,
      version,
      total: (before?.total ?? 0) + total,
      bad: (before?.bad ?? 0) + bad,
      firstMinute: Math.min(before?.firstMinute ?? minute, minute),
      lastMinute: Math.max(before?.lastMinute ?? minute, minute),
    });
  }
  return [...statuses.values()].sort((a, b) => b.firstMinute - a.firstMinute || (a.version < b.version ? -1 : 1));
}

/**
 * New versions that fail at least twice as often as the version before, beyond chance: so a bad rollout to 5 % of requests is named
 * although the whole service's error rate hardly moves. Both need some events; the old one's rate gets the benefit of one more failure.
 */
export function worseVersions(counts: readonly VersionCount[]): WorseVersion[] {
  const statuses = versionStatuses(counts);
  return statuses.flatMap((newer) => {
    const older = statuses
      .filter((other) => isSameWorker(newer, other) && other.firstMinute < newer.firstMinute && other.total >= LEAST_EVENTS)
      .sort((a, b) => b.firstMinute - a.firstMinute)[0];
    if (older === undefined || newer.total < LEAST_EVENTS || newer.bad < LEAST_FAILURES) return [];
    const oldRate = (older.bad + 1) / (older.total + 1);
    const isWorse = newer.bad / newer.total >= LEAST_TIMES * oldRate && isTailBelow(newer.bad, newer.total, oldRate, ALPHA);
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
