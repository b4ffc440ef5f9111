import { stepRange } from "@monotask/panels";
import type { Query, QueryResult } from "@monotask/telemetry";
import { errorLifeQuery, errorPlacesQuery, errorSampleQuery, errorTrendQuery } from "../queries/errors.ts";
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
    const [trend, places] = await Promise.all([
      read(errorTrendQuery(steps, range.filters)),
      read(errorPlacesQuery(steps, range.filters)),
    ]);
    const failed = [trend, places].find((result) => result.kind === "failed");
    if (failed?.kind === "failed") return c.json({ error: failed.message }, 502);
    return c.json({
      fromMs: steps.fromMs,
      toMs: steps.toMs,
      stepSeconds: steps.stepSeconds,
      trend: rowsOf(trend),
      places: rowsOf(places),
    });
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
