export interface ErrorAnswer {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
  readonly trend: readonly {
    readonly fingerprint: string;
    readonly errorName: string;
    readonly severity: string;
    readonly step: number;
    readonly events: number;
    /** Of the first and last event in the step, epoch seconds. */
    readonly firstSecond: number;
    readonly lastSecond: number;
  }[];
  readonly places: readonly {
    readonly fingerprint: string;
    readonly workerName: string;
    readonly endpoint: string;
    readonly version: string;
    readonly message: string;
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
export function groupErrors({ fromMs, toMs, stepSeconds, trend, places }: ErrorAnswer): ErrorGroup[] {
  const count = Math.max(1, Math.round((toMs - fromMs) / 1_000 / stepSeconds));
  const fingerprints = [...new Set(trend.map((row) => row.fingerprint))];
  return fingerprints
    .map((fingerprint): ErrorGroup => {
      const own = trend.filter((row) => row.fingerprint === fingerprint);
      const where = places.filter((row) => row.fingerprint === fingerprint);
      const points = Array.from({ length: count }, () => 0);
      for (const { step, events } of own) {
        const at = Math.round((step * 1_000 - fromMs) / 1_000 / stepSeconds);
        if (points[at] !== undefined) points[at] += events;
      }
      const severities = own.map(({ severity }) => severity);
      return {
        fingerprint,
        name: own[0]?.errorName ?? "Error",
        message: where[0]?.message ?? "",
        severity: ["critical", "warning", "info"].find((severity) => severities.includes(severity)) ?? "info",
        events: own.reduce((sum, { events }) => sum + events, 0),
        points,
        firstMs: Math.min(...own.map(({ firstSecond }) => firstSecond)) * 1_000,
        lastMs: Math.max(...own.map(({ lastSecond }) => lastSecond)) * 1_000,
        workers: [...new Set(where.map(({ workerName }) => workerName))],
        endpoints: summed(where.map(({ endpoint, events }) => [endpoint, events])),
        versions: summed(where.map(({ version, events }) => [version, events])),
      };
    })
    .sort((a, b) => b.events - a.events);
}

function summed(pairs: readonly (readonly [string, number])[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const [name, events] of pairs) if (name !== "") sums.set(name, (sums.get(name) ?? 0) + events);
  return [...sums].sort(([, a], [, b]) => b - a);
}
