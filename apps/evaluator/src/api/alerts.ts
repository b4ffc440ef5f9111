import type { ApiArea } from "./area.ts";

const UNBOUND = { error: "no ALERT_MANAGER is bound to the evaluator; add it to durable_objects" };

/** What AlertManager knows. */
export const alertRoutes: ApiArea = (api, { alerts }) => {
  api.get("/api/v1/alerts", async (c) => (alerts ? c.json({ alerts: await alerts.list() }) : c.json(UNBOUND, 503)));
  api.get("/api/v1/notifications", async (c) =>
    alerts ? c.json({ notifications: await alerts.notifications() }) : c.json(UNBOUND, 503),
  );
};
