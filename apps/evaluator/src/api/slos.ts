import { minuteOf, versionStatuses, worseVersions, type TierSpan } from "@monotask/slo";
import type { Slo } from "@monotask/slo";
import { createLogger, readSettings } from "@monotask/telemetry";
import { shippedSlos } from "../slo/slo-file.ts";
import type { ApiArea } from "./area.ts";

const SPANS: readonly TierSpan[] = [1, 5, 60, 1_440];
/** A month of hours for 50 SLOs fits into one answer. */
const MOST_ROWS = 3_000;

/** Statuses, stored slices and versions. */
export const sloRoutes: ApiArea = (api, { env, store }) => {
  const slos = (): readonly Slo[] => {
    const { logLevel: level, clock } = readSettings(env);
    return shippedSlos(createLogger({ workerName: "monotask-evaluator", level, clock }));
  };
  // `nowMinute` beside the newest decided minute says how old the answer is.
  api.get("/api/v1/slos", async (c) => {
    const nowMinute = minuteOf(readSettings(env).clock.now());
    return c.json({ nowMinute, ...(await store.statuses(slos())) });
  });
  api.get("/api/v1/slos/:name", async (c) => {
    const { slos: statuses } = await store.statuses(slos());
    const slo = statuses.find((status) => status.name === c.req.param("name"));
    if (slo === undefined) return c.json({ error: `there is no SLO "${c.req.param("name")}"; see /api/v1/slos` }, 404);
    return c.json({ slo, recomputed: await store.recomputed(slo.name) });
  });
  // Stored counts of one SLO, for charts and replays: ?span=1|5|60|1440&from=MINUTE&before=MINUTE, minutes of the epoch.
  api.get("/api/v1/slos/:name/slices", async (c) => {
    const span = SPANS.find((known) => String(known) === (c.req.query("span") ?? "60"));
    const [from, before] = [Number(c.req.query("from")), Number(c.req.query("before"))];
    if (span === undefined || !Number.isSafeInteger(from) || !Number.isSafeInteger(before) || from >= before)
      return c.json({ error: "give span=1, 5, 60 or 1440 and from < before as minutes of the epoch" }, 400);
    if ((before - from) / span > MOST_ROWS)
      return c.json({ error: `ask for at most ${MOST_ROWS} cells; use a larger span` }, 400);
    const slices = await store.slices(span, from, before);
    return c.json({ slices: slices.filter((slice) => slice.sloName === c.req.param("name")) });
  });
  // Requests of the last hour by deployed version.
  api.get("/api/v1/versions", async (c) => {
    const { memory } = await store.load(slos());
    const counts = memory?.versions ?? [];
    return c.json({ versions: versionStatuses(counts), worse: worseVersions(counts) });
  });
};
