import { stepRange } from "@monotask/panels";
import { rowsOf } from "../queries/row-cache.ts";
import { versionsQuery } from "../queries/versions.ts";
import type { Evaluator } from "../evaluator.ts";
import type { ApiArea } from "./area.ts";
import { isLive, rawPart, readRange } from "./time-range.ts";
import type { KnownRange } from "./time-range.ts";

/** A version and when it began, epoch ms, as the evaluator keeps it for ever. */
export interface KeptVersion {
  readonly worker: string;
  readonly version: string;
  readonly firstMs: number;
}

interface Kept {
  readonly versions: readonly KeptVersion[];
  /** Until when they are kept; later ones are read from points. */
  readonly untilMs: number;
}

/** Which versions answered when: within the reach of points in steps, before that by the moment each began. */
export const versionRoutes: ApiArea = (api, { rows, clock, keepAlive, evaluator }) => {
  api.get("/api/versions", async (c) => {
    const range = readRange(c.req.query());
    if (range.kind === "invalid") return c.json({ error: range.error }, 400);
    const nowMs = clock.now();
    const kept = isLive(range, nowMs) ? undefined : await keptVersions(evaluator, range);
    const fromMs = Math.max(range.fromMs, kept?.untilMs ?? range.fromMs);
    // A version a day is little to read: where none are kept, markers reach as far back as points do, further than panels read them.
    const part = fromMs < range.toMs ? rawPart({ fromMs, toMs: range.toMs }, nowMs) : undefined;
    if (part === undefined) {
      const { stepSeconds } = stepRange(range.fromMs, range.toMs);
      return c.json({ stepSeconds, rows: [], kept: kept?.versions ?? [] });
    }
    const steps = stepRange(part.fromMs, part.toMs);
    const live = await rows.rows(versionsQuery(steps, range.filters), nowMs, keepAlive);
    if (live.kind === "failed") return c.json({ error: live.message }, 502);
    return c.json({ stepSeconds: steps.stepSeconds, rows: rowsOf(live), kept: kept?.versions ?? [] });
  });
};

/** What the evaluator keeps of a range; undefined where it does not answer or keeps none yet. */
async function keptVersions(evaluator: Evaluator, { fromMs, toMs, filters }: KnownRange): Promise<Kept | undefined> {
  const search = new URLSearchParams({ from: String(fromMs), before: String(toMs) });
  if (filters.workerName !== undefined) search.set("worker", filters.workerName);
  if (filters.environment !== undefined) search.set("environment", filters.environment);
  const { status, body } = await evaluator.get(`/api/v1/aggregates/versions?${search.toString()}`);
  if (status !== 200) return undefined;
  // The one boundary to the evaluator's answer, whose shape stands in its api/aggregates.ts.
  const { versions, keptUntilMs } = body as { readonly versions: readonly KeptVersion[]; readonly keptUntilMs: number | null };
  return versions.length === 0 || keptUntilMs === null ? undefined : { versions, untilMs: keptUntilMs };
}
