import type { Deploy } from "./viewer.ts";

export interface VersionAnswer {
  readonly stepSeconds: number;
  readonly rows: readonly {
    readonly workerName: string;
    readonly version: string;
    readonly step: number;
    readonly events: number;
  }[];
  /** On ranges that points no longer cover: versions of kept days and when each began, epoch ms. */
  readonly kept?: readonly { readonly worker: string; readonly version: string; readonly firstMs: number }[];
}

/** Versions that began to answer within the range. The first one that is known of a worker may be older: it is no deploy. */
export function deploysOf({ rows, stepSeconds, kept = [] }: VersionAnswer, fromMs: number): Deploy[] {
  const first = new Map<string, Deploy>();
  const earliest = new Map<string, number>();
  const see = (worker: string, version: string, atMs: number): void => {
    earliest.set(worker, Math.min(atMs, earliest.get(worker) ?? atMs));
    const key = `${worker} ${version}`;
    if (version !== "" && atMs < (first.get(key)?.atMs ?? Number.POSITIVE_INFINITY)) first.set(key, { atMs, worker, version });
  };
  for (const { worker, version, firstMs } of kept) see(worker, version, firstMs);
  for (const { workerName, version, step } of rows) see(workerName, version, step * 1_000);
  return [...first.values()]
    .filter(({ atMs, worker }) => atMs > (earliest.get(worker) ?? 0) && atMs >= fromMs + stepSeconds * 1_000)
    .sort((a, b) => a.atMs - b.atMs);
}

/** Versions that answered within the range, the one that began last first. */
export function versionsOf({ rows }: VersionAnswer): string[] {
  const first = new Map<string, number>();
  for (const { version, step } of rows)
    if (version !== "") first.set(version, Math.min(step, first.get(version) ?? Number.POSITIVE_INFINITY));
  return [...first].sort(([, a], [, b]) => b - a).map(([version]) => version);
}

/** What wrangler calls a version: a UUID. Other names cannot be rolled back to. */
const VERSION_ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Minutes in which both versions of a gradual deploy surely answer; after a whole deploy the old one is gone by then. */
const LIVE_STEPS = 2;

/**
 * Versions of each worker that answered in the newest whole minutes: two while a deploy is gradual.
 * @param rows by minute
 * @param nowMs the minute in which it lies is not whole
 */
export function liveVersions({ rows, stepSeconds }: VersionAnswer, nowMs: number): ReadonlyMap<string, readonly string[]> {
  const whole = rows.filter(({ step, version }) => VERSION_ID.test(version) && (step + stepSeconds) * 1_000 <= nowMs);
  const newest = new Map<string, number>();
  for (const { workerName, step } of whole) newest.set(workerName, Math.max(step, newest.get(workerName) ?? 0));
  const live = new Map<string, string[]>();
  for (const [worker, last] of newest) {
    const steps = Array.from({ length: LIVE_STEPS }, (_, back) => last - back * stepSeconds);
    const versions = [...new Set(whole.filter((row) => row.workerName === worker).map(({ version }) => version))];
    const isLive = (version: string): boolean =>
      steps.every((step) => whole.some((row) => row.workerName === worker && row.version === version && row.step === step));
    live.set(worker, versions.filter(isLive));
  }
  return live;
}

/** As much of a version as tells it apart: the first eight digits of an id, other names whole. */
export function versionText(version: string): string {
  return VERSION_ID.test(version) ? version.slice(0, 8) : version;
}
