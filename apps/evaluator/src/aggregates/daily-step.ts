import { dailyScans } from "@monotask/panels";
import type { DailyRows, Section } from "@monotask/panels";
import type { QueryPort } from "@monotask/telemetry";
import type { DailyStore } from "./daily-store.ts";
import { readVersions } from "./versions.ts";

const DAY_MS = 86_400_000;
/** A day is closed this long after its end: then its last points can be read. */
const SETTLE_MS = 10 * 60_000;
/** Raw points live 93 days; days older than this may be cut at their edge. */
const CATCH_UP_DAYS = 88;

export interface DailyDeps {
  readonly sections: readonly Section[];
  readonly query: QueryPort;
  readonly store: DailyStore;
}

/** `kept`: one more day is in the store. `nothing-due`: all closed days are. */
export type DailyOutcome = { readonly kind: "kept"; readonly day: number } | { readonly kind: "nothing-due" };

/**
 * Keeps the newest closed day that is not kept yet, with the versions that answered on it, one a tick, so that missed days are caught up without hurry. A repeated tick changes
 * nothing.
 * @throws Error when Analytics Engine cannot be asked: the next look tries again
 */
export async function keepDay({ sections, query, store }: DailyDeps, scheduledMs: number): Promise<DailyOutcome> {
  const today = Math.floor((scheduledMs - SETTLE_MS) / DAY_MS);
  const complete = await store.complete(today - CATCH_UP_DAYS, today, sections.length);
  const due = Array.from({ length: CATCH_UP_DAYS }, (_, at) => today - 1 - at).find((day) => !complete.has(day));
  if (due === undefined) return { kind: "nothing-due" };
  // The first time all days that are left at once: some may have been kept before versions were.
  const [fromDay, beforeDay] = (await store.versions.hasAny()) ? [due, due + 1] : [today - CATCH_UP_DAYS, today];
  const [kept, versions] = await Promise.all([
    Promise.all(sections.map(async (section) => [section.id, await readDay(query, section, due * DAY_MS)] as const)),
    readVersions(query, fromDay * DAY_MS, beforeDay * DAY_MS),
  ]);
  await store.save(due, new Map(kept), versions);
  return { kind: "kept", day: due };
}

/** Whether this tick looks at all. */
export function isDailyLook(scheduledMs: number): boolean {
  return Math.floor(scheduledMs / 60_000) % 2 === 0;
}

/** Rows of a day; none where nothing was written that day, which is kept too: it is asked for once. */
async function readDay(query: QueryPort, section: Section, dayStartMs: number): Promise<DailyRows[]> {
  return Promise.all(
    dailyScans(section, dayStartMs).map(async (scan) => {
      const result = await query.run(scan.query);
      if (result.kind === "failed") throw new Error(`${section.id} of a day cannot be read: ${result.message}`);
      return { groupBy: scan.query.groupBy, select: scan.query.select, rows: result.kind === "rows" ? result.rows : [] };
    }),
  );
}
