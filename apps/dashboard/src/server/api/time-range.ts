import type { Filters, StepRange } from "@monotask/panels";
import { LIVE_DAYS, stepRange } from "@monotask/panels";
import * as v from "valibot";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const LONGEST_DAYS = 1_100;
/** Analytics Engine keeps points for three months; its oldest days may be cut at their edge. */
const RAW_DAYS = 90;
const LONGEST_NAME = 200;
const NAME = v.pipe(v.string(), v.maxLength(LONGEST_NAME));

const rangeSchema = v.pipe(
  v.object({
    from: v.pipe(v.string(), v.toNumber(), v.safeInteger(), v.minValue(0)),
    to: v.pipe(v.string(), v.toNumber(), v.safeInteger(), v.minValue(0)),
    worker: v.optional(NAME),
    environment: v.optional(NAME),
    version: v.optional(NAME),
    endpoint: v.optional(NAME),
  }),
  v.check(({ from, to }) => from < to, "from must lie before to"),
  v.check(({ from, to }) => to - from <= LONGEST_DAYS * DAY_MS, `choose a range of at most ${LONGEST_DAYS} days`),
);

/** Whether raw points cover the range. */
export function isLive({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }, nowMs: number): boolean {
  return toMs - fromMs <= (LIVE_DAYS + 1) * DAY_MS && nowMs - fromMs <= (LIVE_DAYS + 1) * DAY_MS;
}

/** The part of a range of which raw points are left; undefined where none are. */
export function rawPart(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const oldestMs = nowMs - RAW_DAYS * DAY_MS;
  return toMs <= oldestMs ? undefined : { fromMs: Math.max(fromMs, oldestMs), toMs };
}

/** All that raw points cover, in whole steps so that viewers ask the same. */
export function wholeLife(nowMs: number): StepRange {
  const { fromMs, stepSeconds } = stepRange(nowMs - RAW_DAYS * DAY_MS, nowMs);
  // To the end of the minute: the newest point counts.
  return { fromMs, toMs: Math.ceil(nowMs / MINUTE_MS) * MINUTE_MS, stepSeconds };
}

export type LiveRange = KnownRange & {
  /** Whether its older part was left out. */
  readonly isCut: boolean;
};

/** Reads a range that only raw points can answer: of a longer one the part that they cover. */
export function readLiveRange(
  query: Record<string, string>,
  nowMs: number,
): LiveRange | Exclude<RangeResult, { readonly kind: "range" }> {
  const range = readRange(query);
  if (range.kind === "invalid") return range;
  if (isLive(range, nowMs)) return { ...range, isCut: false };
  const fromMs = Math.max(range.fromMs, nowMs - LIVE_DAYS * DAY_MS);
  if (fromMs < range.toMs) return { ...range, fromMs, isCut: true };
  return { kind: "invalid", error: `raw points are read for the last ${LIVE_DAYS} days; choose a later range` };
}

export interface KnownRange {
  readonly kind: "range";
  readonly fromMs: number;
  readonly toMs: number;
  readonly filters: Filters;
}

export type RangeResult = KnownRange | { readonly kind: "invalid"; readonly error: string };

function sayWhy(issue: v.InferIssue<typeof rangeSchema>): string {
  const path = v.getDotPath(issue);
  if (path === null || path === "from" || path === "to") return `from and to are epoch milliseconds: ${issue.message}`;
  return `${path} holds at most ${LONGEST_NAME} characters`;
}

/** Reads `from` and `to` (epoch ms) and what to narrow by. */
export function readRange(query: Record<string, string>): RangeResult {
  const parsed = v.safeParse(rangeSchema, query);
  if (!parsed.success) return { kind: "invalid", error: sayWhy(parsed.issues[0]) };
  const { from, to, worker, environment, version, endpoint } = parsed.output;
  const filters: Filters = {
    ...(worker !== undefined && worker !== "" && { workerName: worker }),
    ...(environment !== undefined && environment !== "" && { environment }),
    ...(version !== undefined && version !== "" && { version }),
    ...(endpoint !== undefined && endpoint !== "" && { endpoint }),
  };
  return { kind: "range", fromMs: from, toMs: to, filters };
}
