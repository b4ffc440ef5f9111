import type { ApiArea } from "./area.ts";

/** What the app may read of the evaluator: its resources, by plain path segments. */
const READABLE =
  /^(?:slos|alerts|alert-history|notifications|silences|queues|sandboxes|reports|aggregates|runbooks|errors)(?:\/[\w.:~@-]{1,200})*$/;

/** Reads of the evaluator's API, passed through. The token is added here and never reaches the browser. */
export const evaluatorRoutes: ApiArea = (api, { evaluator }) => {
  api.get("/api/evaluator/:path{.+}", async (c) => {
    const path = c.req.param("path");
    if (!READABLE.test(path) || path.includes("..")) return c.json({ error: `there is no ${path} to read` }, 404);
    const { search } = new URL(c.req.url);
    const { status, body } = await evaluator.get(`/api/v1/${path}${search}`);
    return Response.json(body, { status: status === 0 ? 502 : status });
  });
};
