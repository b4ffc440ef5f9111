import { matches } from "../model/matcher.ts";
import type { MinuteCell } from "./cell.ts";
import { lookBackMinutes, type Limit, type Measure, type Rule } from "./rule.ts";

/** How a rule stands for one group of cells after a minute. */
export interface Verdict {
  readonly rule: Rule;
  readonly worker: string;
  readonly environment: string;
  readonly team: string;
  /** Values of the labels in `per`. */
  readonly labels: Readonly<Record<string, string>>;
  /** `no-data`: nothing was counted in the window, so nothing is known. */
  readonly state: "firing" | "pending" | "ok" | "no-data";
  /** First minute of the stretch in which the condition has held; the minute itself where it does not. */
  readonly sinceMinute: number;
  readonly bad: number;
  readonly total: number;
  /** The gauge's value; undefined for shares. */
  readonly value?: number;
  /** Which condition holds. */
  readonly because: "limit" | "status";
}

/**
 * Judges one rule after a minute, from cells alone: the same cells give the same verdicts, whenever and however often they are asked. The
 * condition has to hold at the end of each of the last `for` minutes.
 */
export function evaluateRule(rule: Rule, cells: readonly MinuteCell[], minute: number): Verdict[] {
  const from = minute - lookBackMinutes(rule) + 1;
  const groups = new Map<string, MinuteCell[]>();
  for (const cell of cells) {
    if (cell.minute < from || cell.minute > minute || !concerns(rule, cell)) continue;
    const key = JSON.stringify([cell.environment, cell.worker, ...rule.per.map((label) => cell[label])]);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].flatMap((group) => verdictOf(rule, group, minute) ?? []);
}

function concerns(rule: Rule, cell: MinuteCell): boolean {
  if (countsOf(rule, cell) === undefined) return false;
  const labels = { worker: cell.worker, environment: cell.environment, team: cell.team, endpoint: cell.endpoint };
  return matches(rule.where, {
    name: rule.name,
    labels: { ...labels, subject: cell.subject, symptom: rule.symptom, severity: rule.severity },
  });
}

function verdictOf(rule: Rule, group: readonly MinuteCell[], minute: number): Verdict | undefined {
  const [first] = group;
  if (!first) return undefined;
  const { worker, environment } = first;
  const labels = Object.fromEntries(rule.per.map((label) => [label, first[label]]));
  const team = group.findLast((cell) => cell.team !== "")?.team ?? "";
  const now = reading(rule, group, minute);
  const stretch = heldUntil(rule, group, minute);
  const held = {
    rule,
    worker,
    environment,
    team,
    labels,
    ...figures(now),
    because: now.holdsByStatus && !now.holdsByLimit ? "status" : "limit",
  } as const;
  if (!now.hasData) return { ...held, state: "no-data", sinceMinute: minute };
  if (stretch >= Math.max(1, rule.forMinutes)) return { ...held, state: "firing", sinceMinute: minute - stretch + 1 };
  for (let ago = 1; ago <= rule.keepFiringForMinutes; ago += 1) {
    const earlier = heldUntil(rule, group, minute - ago);
    if (earlier >= Math.max(1, rule.forMinutes)) return { ...held, state: "firing", sinceMinute: minute - ago - earlier + 1 };
  }
  return { ...held, state: stretch > 0 ? "pending" : "ok", sinceMinute: minute - Math.max(0, stretch - 1) };
}

/** Minutes without a gap, `minute` the last, at whose ends the condition held; at most `for` are looked at. */
function heldUntil(rule: Rule, group: readonly MinuteCell[], minute: number): number {
  const needed = Math.max(1, rule.forMinutes);
  for (let ago = 0; ago < needed; ago += 1) {
    const { holdsByLimit, holdsByStatus } = reading(rule, group, minute - ago);
    // Statuses in consecutive minutes have waited long enough themselves.
    if (ago === 0 && holdsByStatus) return needed;
    if (!holdsByLimit) return ago;
  }
  return needed;
}

interface Reading {
  readonly bad: number;
  readonly total: number;
  readonly value?: number;
  readonly hasData: boolean;
  readonly holdsByLimit: boolean;
  readonly holdsByStatus: boolean;
}

function figures({ bad, total, value }: Reading): Pick<Verdict, "bad" | "total" | "value"> {
  return { bad, total, ...(value === undefined ? {} : { value }) };
}

/** The window that ends with a minute. */
function reading(rule: Rule, group: readonly MinuteCell[], minute: number): Reading {
  const window = group.filter((cell) => cell.minute <= minute && cell.minute > minute - rule.windowMinutes);
  const holdsByStatus = hasStatusRun(rule, group, minute);
  if (GAUGES.includes(rule.measure)) return gaugeReading(rule, window, minute);
  let [bad, total] = [0, 0];
  for (const cell of window) {
    const counts = countsOf(rule, cell);
    bad += counts?.bad ?? 0;
    total += counts?.total ?? 0;
  }
  if (rule.limit.kind === "number") {
    return { bad, total: bad, value: bad, hasData: true, holdsByStatus, holdsByLimit: isWrong(rule, bad, rule.limit.value) };
  }
  const enough = total >= rule.minEvents && total > 0 && bad >= rule.minBad;
  return { bad, total, hasData: total > 0, holdsByStatus, holdsByLimit: enough && shareIsWrong(rule, bad, total) };
}

const GAUGES: readonly Measure[] = ["queue-depth", "sandboxes-active"];

/** A gauge is too high in a window if it is in the window's newest reading. */
function gaugeReading(rule: Rule, window: readonly MinuteCell[], minute: number): Reading {
  const newest = window.reduce((latest, cell) => Math.max(latest, cell.minute), Number.NEGATIVE_INFINITY);
  const values = window.filter((cell) => cell.minute === newest).flatMap((cell) => countsOf(rule, cell)?.bad ?? []);
  // Two writers of one gauge in one minute say the same thing twice.
  const value = Math.max(0, ...values);
  const limit = rule.limit.kind === "number" ? rule.limit.value : Number.POSITIVE_INFINITY;
  const hasData = values.length > 0 && newest > minute - rule.windowMinutes;
  return { bad: value, total: value, value, hasData, holdsByStatus: false, holdsByLimit: hasData && isWrong(rule, value, limit) };
}

function hasStatusRun({ orStatus }: Rule, group: readonly MinuteCell[], minute: number): boolean {
  if (!orStatus) return false;
  for (let ago = 0; ago < orStatus.minutes; ago += 1) {
    if (!group.some((cell) => cell.minute === minute - ago && (cell.statuses?.[orStatus.status] ?? 0) > 0)) return false;
  }
  return true;
}

/** Bad and all events of a cell for a rule; undefined where the cell says nothing about it. */
function countsOf({ measure, limit }: Rule, cell: MinuteCell): { bad: number; total: number } | undefined {
  const limitMs = limit.kind === "percentile" ? limit.ms : 0;
  switch (measure) {
    case "error-rate":
    case "availability":
      return share(cell.errors, cell.requests);
    case "timeout-rate":
      return share(cell.timeouts, cell.requests ?? (cell.timeouts === undefined ? undefined : 0));
    case "latency":
      return share((cell.fromMs ?? 0) >= limitMs ? cell.requests : 0, cell.requests);
    case "database-error-rate":
      return share(cell.failedQueries, cell.queries);
    case "database-latency":
      return share(limitMs <= 50 ? cell.slowQueries : cell.verySlowQueries, cell.queries);
    case "sandbox-timeout-rate":
      return share(cell.executionTimeouts, cell.executions);
    case "queue-depth":
      return share(cell.queueDepth, cell.queueDepth);
    case "sandboxes-active":
      return share(cell.sandboxesActive, cell.sandboxesActive);
    case "error-count":
      return share(cell.errorCount, cell.errorCount);
  }
}

function share(bad: number | undefined, total: number | undefined): { bad: number; total: number } | undefined {
  return total === undefined ? undefined : { bad: bad ?? 0, total };
}

/** Exactly, in whole numbers. For availability the share of good events is held against the limit. */
function shareIsWrong(rule: Rule, bad: number, total: number): boolean {
  const counted = rule.measure === "availability" ? total - bad : bad;
  const [num, den] = allowed(rule.limit);
  return isWrong(rule, counted * den, num * total);
}

/** The share that is allowed; of a percentile it is what lies beyond it. */
function allowed(limit: Limit): readonly [num: number, den: number] {
  if (limit.kind === "share") return [limit.num, limit.den];
  return limit.kind === "percentile" ? [100 - limit.percent, 100] : [0, 1];
}

function isWrong({ direction }: Rule, value: number, limit: number): boolean {
  return direction === "above" ? value > limit : value < limit;
}
