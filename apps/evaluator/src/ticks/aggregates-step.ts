import { parseDashboard } from "@monotask/panels";
import definition from "../../../../config/cloudflare-dashboard.json";
import { isDailyLook, keepDay } from "../aggregates/daily-step.ts";
import { createDailyStore } from "../aggregates/daily-store.ts";
import type { TickStep } from "./step.ts";

/** Keeps the dashboard's metrics by day, for ever. */
export const aggregatesStep: TickStep = {
  name: "daily aggregates",
  async run({ env, scheduledMs, query, logger }) {
    if (!isDailyLook(scheduledMs)) return;
    const { dashboard, issues } = parseDashboard(JSON.stringify(definition));
    if (dashboard === undefined) throw new Error(`config/cloudflare-dashboard.json: ${issues[0]?.message ?? "cannot be read"}`);
    const outcome = await keepDay({ sections: dashboard.sections, query, store: createDailyStore(env.DB) }, scheduledMs);
    if (outcome.kind === "kept") logger.info("a day's metrics are kept", { day: outcome.day });
  },
};
