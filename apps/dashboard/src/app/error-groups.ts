export interface ErrorAnswer {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
  /** Whether an older part of the range was left out, because its points are not read any more. */
  readonly isCut: boolean;
  /** The most frequent first, with the newest name and message of each. */
  readonly groups: readonly {
    readonly fingerprint: string;
    readonly errorName: string;
    readonly message: string;
    readonly events: number;
    /** Of the first and last event within the range, epoch seconds. */
    readonly firstSecond: number;
    readonly lastSecond: number;
  }[];
  /** Groups that are not among them; `isLeast` where there may be more than were counted. */
  readonly more: { readonly groups: number; readonly isLeast: boolean };
  readonly trend: readonly {
    readonly fingerprint: string;
    readonly severity: string;
    readonly step: number;
    readonly events: number;
  }[];
  readonly places: readonly {
    readonly fingerprint: string;
    readonly workerName: string;
    readonly endpoint: string;
    readonly version: string;
    readonly events: number;
  }[];
}

/** Errors of one bug. */
export interface ErrorGroup {
  readonly fingerprint: string;
  readonly name: string;
  readonly message: string;
  readonly severity: string;
  readonly events: number;
  readonly points: readonly number[];
  /** The first and last event within the range, to the second, epoch ms. What was before the range is not known here. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly workers: readonly string[];
  readonly endpoints: readonly (readonly [endpoint: string, events: number])[];
  readonly versions: readonly (readonly [version: string, events: number])[];
}

/** A version in which the bug was seen. */
export interface LifeRow {
  readonly version: string;
  readonly firstSecond: number;
  readonly lastSecond: number;
  readonly events: number;
}

/** The bug's whole life, as far back as points go; epoch ms. */
export interface ErrorLife {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly firstVersion: string;
  readonly lastVersion: string;
  readonly events: number;
}

/** From its first occurrence to its newest, with the version of each; undefined where none can be read. */
export function lifeOf(rows: readonly LifeRow[]): ErrorLife | undefined {
  const [head] = rows;
  if (head === undefined) return undefined;
  const first = rows.reduce((a, b) => (b.firstSecond < a.firstSecond ? b : a), head);
  const last = rows.reduce((a, b) => (b.lastSecond > a.lastSecond ? b : a), head);
  return {
    firstMs: first.firstSecond * 1_000,
    lastMs: last.lastSecond * 1_000,
    firstVersion: first.version,
    lastVersion: last.version,
    events: rows.reduce((sum, { events }) => sum + events, 0),
  };
}

/** Rows as groups, the most frequent first. */
export function groupErrors({ fromMs, toMs, stepSeconds, groups, trend, places }: ErrorAnswer): ErrorGroup[] {
  const count = Math.max(1, Math.round((toMs - fromMs) / 1_000 / stepSeconds));
  const trends = Map.groupBy(trend, ({ fingerprint }) => fingerprint);
  const wheres = Map.groupBy(places, ({ fingerprint }) => fingerprint);
  return groups.map(({ fingerprint, errorName, message, events, firstSecond, lastSecond }): ErrorGroup => {
    const own = trends.get(fingerprint) ?? [];
    const where = wheres.get(fingerprint) ?? [];
    const points = Array.from({ length: count }, () => 0);
    for (const row of own) {
      const at = Math.round((row.step * 1_000 - fromMs) / 1_000 / stepSeconds);
      if (points[at] !== undefined) points[at] += row.events;
    }
    const severities = new Set(own.map(({ severity }) => severity));
    return {
      fingerprint,
      name: errorName === "" ? "Error" : errorName,
      message,
      severity: ["critical", "warning", "info"].find((severity) => severities.has(severity)) ?? "info",
      events,
      points,
      firstMs: firstSecond * 1_000,
      lastMs: lastSecond * 1_000,
      workers: [...new Set(where.map(({ workerName }) => workerName))],
      endpoints: summed(where.map((row) => [row.endpoint, row.events])),
      versions: summed(where.map((row) => [row.version, row.events])),
    };
  });
}

function summed(pairs: readonly (readonly [string, number])[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [name, events] of pairs) if (name !== "") sums.set(name, (sums.get(name) ?? 0) + events);
  return [...sums].sort(([, a], [, b]) => b - a);
}
