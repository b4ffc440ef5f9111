import { stepRange } from "@monotask/panels";
import type { Query, QueryResult } from "@monotask/telemetry";
import { errorPlacesQuery, errorSampleQuery, errorTrendQuery, versionsQuery } from "../queries/errors.ts";
import type { ApiArea } from "./area.ts";
import { rawPart, readLiveRange, readRange } from "./time-range.ts";

/** Error groups, one group's samples, and which versions were live when. */
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
    const samples = await read(errorSampleQuery(c.req.param("fingerprint"), steps, range.filters));
    if (samples.kind === "failed") return c.json({ error: samples.message }, 502);
    return c.json({ samples: rowsOf(samples) });
  });
  api.get("/api/versions", async (c) => {
    // A version a day is little to read: markers reach as far back as points do, further than panels read them.
    const range = readRange(c.req.query());
    if (range.kind === "invalid") return c.json({ error: range.error }, 400);
    const { stepSeconds } = stepRange(range.fromMs, range.toMs);
    const part = rawPart(range, clock.now());
    if (part === undefined) return c.json({ stepSeconds, rows: [] });
    const steps = stepRange(part.fromMs, part.toMs);
    const versions = await read(versionsQuery(steps, range.filters));
    if (versions.kind === "failed") return c.json({ error: versions.message }, 502);
    return c.json({ stepSeconds: steps.stepSeconds, rows: rowsOf(versions) });
  });
};

function rowsOf(result: QueryResult): unknown[] {
  return result.kind === "rows" ? [...result.rows] : [];
}
