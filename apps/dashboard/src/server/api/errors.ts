import { stepRange } from "@monotask/panels";
import type { Query, QueryResult } from "@monotask/telemetry";
import {
  errorGroupsQuery,
  errorLifeQuery,
  errorPlacesQuery,
  errorSampleQuery,
  errorTrendQuery,
  MOST_COUNTED,
  MOST_GROUPS,
} from "../queries/errors.ts";
import { rowsOf } from "../queries/row-cache.ts";
import type { ApiArea } from "./area.ts";
import { readLiveRange, wholeLife } from "./time-range.ts";

/** Error groups, and one group's samples. */
export const errorRoutes: ApiArea = (api, { rows, clock, keepAlive }) => {
  const read = (query: Query): Promise<QueryResult> => rows.rows(query, clock.now(), keepAlive);
  api.get("/api/errors", async (c) => {
    const range = readLiveRange(c.req.query(), clock.now());
    if (range.kind === "invalid") return c.json({ error: range.error }, 400);
    const steps = stepRange(range.fromMs, range.toMs);
    const { fromMs, toMs, stepSeconds } = steps;
    const found = await read(errorGroupsQuery(steps, range.filters, c.req.query("fingerprint")));
    if (found.kind === "failed") return c.json({ error: found.message }, 502);
    const all = rowsOf(found);
    const groups = all.slice(0, MOST_GROUPS);
    const answer = { fromMs, toMs, stepSeconds, isCut: range.isCut, groups };
    const more = { groups: all.length - groups.length, isLeast: all.length >= MOST_COUNTED };
    if (groups.length === 0) return c.json({ ...answer, more, trend: [], places: [] });
    // Only of what is shown: ten thousand groups in steps would be millions of rows.
    const fingerprints = groups.map(({ fingerprint }) => String(fingerprint));
    const [trend, places] = await Promise.all([
      read(errorTrendQuery(fingerprints, steps, range.filters)),
      read(errorPlacesQuery(fingerprints, steps, range.filters)),
    ]);
    const failed = [trend, places].find((result) => result.kind === "failed");
    if (failed?.kind === "failed") return c.json({ error: failed.message }, 502);
    return c.json({ ...answer, more, trend: rowsOf(trend), places: rowsOf(places) });
  });
  api.get("/api/errors/:fingerprint", async (c) => {
    const range = readLiveRange(c.req.query(), clock.now());
    if (range.kind === "invalid") return c.json({ error: range.error }, 400);
    const steps = stepRange(range.fromMs, range.toMs);
    const fingerprint = c.req.param("fingerprint");
    const [samples, life] = await Promise.all([
      read(errorSampleQuery(fingerprint, steps, range.filters)),
      read(errorLifeQuery(fingerprint, wholeLife(clock.now()), range.filters)),
    ]);
    const failed = [samples, life].find((result) => result.kind === "failed");
    if (failed?.kind === "failed") return c.json({ error: failed.message }, 502);
    return c.json({ samples: rowsOf(samples), life: rowsOf(life) });
  });
};
