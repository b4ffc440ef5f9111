import { Hono } from "hono";
import type { ApiDeps } from "./area.ts";
import { API_AREAS } from "./areas.ts";
import { failure } from "./failure.ts";

/** The evaluator's HTTP surface: /api/v1 for the command line and the dashboard, behind a token. */
export function createApi(deps: ApiDeps): Hono {
  const api = new Hono();
  api.get("/health", (c) => c.json({ ok: true }));
  api.use("/api/v1/*", async (c, next) => {
    if (deps.apiToken === undefined) {
      return c.json(
        { error: "the API is locked: set a token with `wrangler secret put MONOTASK_API_TOKEN` and send it as a bearer token" },
        403,
      );
    }
    if (!(await isSameText(c.req.header("authorization") ?? "", `Bearer ${deps.apiToken}`))) {
      return c.json({ error: "send the evaluator's MONOTASK_API_TOKEN as a bearer token" }, 401);
    }
    return next();
  });
  for (const addRoutes of API_AREAS) addRoutes(api, deps);
  api.onError((error, c) => failure(error, c, deps.env));
  api.notFound((c) => c.json({ error: `there is no ${new URL(c.req.url).pathname}; see /api/v1/slos and /api/v1/alerts` }, 404));
  return api;
}

/** Compares hashes, so that the time taken says nothing of how much was right. */
async function isSameText(given: string, wanted: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [given, wanted].map((text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))),
  );
  return a !== undefined && b !== undefined && crypto.subtle.timingSafeEqual(a, b);
}
