import type { ApiArea } from "./area.ts";

/** The newest decided status of every SLO. */
export const sloRoutes: ApiArea = (api, { store }) => {
  api.get("/api/v1/slos", async (c) => c.json(await store.statuses()));
};
