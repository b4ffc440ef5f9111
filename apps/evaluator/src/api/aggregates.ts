import { createDailyStore } from "../aggregates/daily-store.ts";
import type { ApiArea } from "./area.ts";

/** Ten years of days. */
const MOST_DAYS = 3_653;

/** What is kept of the dashboard's metrics by day: ?section=ID&from=DAY&before=DAY, days since 1970. */
export const aggregateRoutes: ApiArea = (api, { env }) => {
  api.get("/api/v1/aggregates", async (c) => {
    const section = c.req.query("section");
    const [from, before] = [Number(c.req.query("from")), Number(c.req.query("before"))];
    if (section === undefined || !Number.isSafeInteger(from) || !Number.isSafeInteger(before) || from >= before)
      return c.json({ error: "give section, and from < before as days since 1970" }, 400);
    if (before - from > MOST_DAYS) return c.json({ error: `ask for at most ${MOST_DAYS} days` }, 400);
    return c.json({ days: await createDailyStore(env.DB).read(section, from, before) });
  });
};
