import { isTailBelow } from "../engine/guard.ts";
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
/** Requests each version must have had, and failures the new one, before the two are compared. */
const LEAST_EVENTS = 50;
const LEAST_FAILURES = 5;
const LEAST_TIMES = 2;
/** Chance of naming a version that is no worse, per comparison. */
const ALPHA = 1e-4;
const FIRST_SERVER_ERROR = 500;

/** Requests per worker, version and minute among rows of the measurement; sorted, so that equal rows give equal lists. */
export function versionCounts(rows: readonly MeasuredRow[]): VersionCount[] {
  const counts = new Map<string, VersionCount>();
  for (const row of rows) {
    if (row.version === "" || (row.kind !== "request" && row.kind !== "invocation")) continue;
    const { worker, environment } = row.fields;
    const key = keyOf({ worker, environment, version: row.version }, row.minute);
    const before = counts.get(key) ?? { worker, environment, version: row.version, minute: row.minute, total: 0, bad: 0 };
    const bad = isFailure(row) ? row.events : 0;
    counts.set(key, { ...before, total: before.total + row.events, bad: before.bad + bad });
  }
  return [...counts.values()].sort(byMinute);
}

/** The counts of the last hour after a measurement of the minutes from `fromMinute` on. */
export function keepVersions(
  before: readonly VersionCount[],
  measured: readonly VersionCount[],
  fromMinute: number,
  nowMinute: number,
): VersionCount[] {
  return [...before.filter(({ minute }) => minute < fromMinute), ...measured]
    .filter(({ minute }) => minute > nowMinute - VERSION_MINUTES && minute <= nowMinute)
    .sort(byMinute);
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
  const [left, right] = [keyOf(a), keyOf(b)];
  return a.minute - b.minute || (left < right ? -1 : left > right ? 1 : 0);
}

function keyOf(of: Pick<VersionCount, "worker" | "environment" | "version">, minute?: number): string {
  return `${of.worker}\n${of.environment}\n${of.version}\n${minute ?? ""}`;
}
