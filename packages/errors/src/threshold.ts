/** An alert is raised from so many occurrences within so many minutes on. */
export interface Threshold {
  readonly atLeast: number;
  readonly inMinutes: number;
}

/** Thresholds of a worker by rule name, such as `error:timeout`. A rule without one is raised at once. */
export type Thresholds = Readonly<Record<string, Threshold>>;

/** Occurrences that are remembered of one rule: a threshold above counts as this. */
const MAX_REMEMBERED = 1_000;
/** Rules that an isolate remembers; names are few, since they are made of categories. */
const MAX_RULES = 200;

/** Times of the last occurrences of each worker's rules in this isolate, epoch milliseconds. */
const occurrences = new Map<string, number[]>();

/** Rules whose threshold has been refused. */
const refused = new Set<string>();

/**
 * A rule's threshold; undefined where it has none, or one that no count can reach: it is refused in the log, once, and the rule is raised
 * at once, so that nothing is lost by it.
 */
export function thresholdOf(
  thresholds: Thresholds | undefined,
  rule: string,
  warn: (message: string) => void,
): Threshold | undefined {
  const threshold = thresholds?.[rule];
  if (!threshold || (threshold.atLeast > 0 && threshold.inMinutes > 0)) return threshold;
  if (!refused.has(rule)) {
    refused.add(rule);
    warn(`the threshold of ${rule} is left out: atLeast and inMinutes must be numbers above 0`);
  }
  return undefined;
}

/**
 * Notes one occurrence, and tells how many there were within the threshold's time, once they are enough; undefined while they are not.
 * Counted is what this isolate sees: over all isolates a rule of the evaluator counts (`kind: count`).
 */
export function reached(workerName: string, rule: string, threshold: Threshold, nowMs: number): number | undefined {
  const key = `${workerName} ${rule}`;
  const needed = Math.min(MAX_REMEMBERED, Math.max(1, threshold.atLeast));
  const since = nowMs - threshold.inMinutes * 60_000;
  const times = (occurrences.get(key) ?? []).filter((atMs) => atMs > since && atMs <= nowMs).slice(1 - needed || needed);
  times.push(nowMs);
  if (occurrences.size >= MAX_RULES) occurrences.clear();
  occurrences.set(key, times);
  return times.length >= needed ? times.length : undefined;
}
