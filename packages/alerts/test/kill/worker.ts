import { alertManagerOf, type RaiseBatch } from "../../src/index.ts";

export { AlertManager } from "../../src/durable-object/index.ts";

/** A worker that hosts AlertManager and hands over what is posted to it. */
export default {
  async fetch(request: Request, env: object): Promise<Response> {
    const alerts = alertManagerOf(env);
    if (alerts === undefined) return new Response("no ALERT_MANAGER", { status: 503 });
    if (request.method === "GET") {
      return Response.json({ backlog: await alerts.backlog(), notifications: await alerts.notifications(1_000) });
    }
    const batch: RaiseBatch = await request.json();
    return Response.json(await alerts.raise(batch));
  },
};
