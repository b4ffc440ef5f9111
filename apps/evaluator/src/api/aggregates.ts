import { createDailyStore } from "../aggregates/daily-store.ts";
import type { ApiArea } from "./area.ts";

/** Ten years of days. */
const MOST_DAYS = 3_653;

const DAY_MS = 86_400_000;

/**
 * What is kept for ever: the dashboard's metrics by day (?section=ID&from=DAY&before=DAY, days since 1970), and versions that answered
 * within a range (?from=MS&before=MS&worker=NAME&environment=NAME) with the moment until which they are kept.
 */
export const aggregateRoutes: ApiArea = (api, { env }) => {
  api.get("/api/v1/aggregates/versions", async (c) => {
    const { from, before, worker = "", environment = "" } = c.req.query();
    const [fromMs, beforeMs] = [Number(from), Number(before)];
    if (!Number.isSafeInteger(fromMs) || !Number.isSafeInteger(beforeMs) || fromMs >= beforeMs)
      return c.json({ error: "give from < before as epoch milliseconds" }, 400);
    const store = createDailyStore(env.DB);
    const [versions, keptBefore] = await Promise.all([
      store.versions.read({ fromMs, beforeMs, worker, environment }),
      store.keptBefore(),
    ]);
    return c.json({ versions, keptUntilMs: keptBefore === undefined ? null : keptBefore * DAY_MS });
  });
  api.get("/api/v1/aggregates", async (c) => {
    const section = c.req.query("section");
    const [from, before] = [Number(c.req.query("from")), Number(c.req.query("before"))];
    if (section === undefined || !Number.isSafeInteger(from) || !Number.isSafeInteger(before) || from >= before)
      return c.json({ error: "give section, and from < before as days since 1970" }, 400);
    if (before - from > MOST_DAYS) return c.json({ error: `ask for at most ${MOST_DAYS} days` }, 400);
    return c.json({ days: await createDailyStore(env.DB).read(section, from, before) });
  });
};
