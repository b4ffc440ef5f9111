import type { Filters } from "@monotask/panels";
import { LIVE_DAYS } from "@monotask/panels";
import * as v from "valibot";

const DAY_MS = 86_400_000;
const NAME = v.pipe(v.string(), v.maxLength(200));

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
  v.check(({ from, to }) => to - from <= (LIVE_DAYS + 1) * DAY_MS, `live panels reach ${LIVE_DAYS} days; choose a shorter range`),
);

export type RangeResult =
  | { readonly kind: "range"; readonly fromMs: number; readonly toMs: number; readonly filters: Filters }
  | { readonly kind: "invalid"; readonly error: string };

/** Reads `from` and `to` (epoch ms) and what to narrow by. */
export function readRange(query: Record<string, string>): RangeResult {
  const parsed = v.safeParse(rangeSchema, query);
  if (!parsed.success) return { kind: "invalid", error: `from and to are epoch milliseconds: ${parsed.issues[0].message}` };
  const { from, to, worker, environment, version, endpoint } = parsed.output;
  const filters: Filters = {
    ...(worker !== undefined && worker !== "" && { workerName: worker }),
    ...(environment !== undefined && environment !== "" && { environment }),
    ...(version !== undefined && version !== "" && { version }),
    ...(endpoint !== undefined && endpoint !== "" && { endpoint }),
  };
  return { kind: "range", fromMs: from, toMs: to, filters };
}
