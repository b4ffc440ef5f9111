import { Hono } from "hono";
import type { ApiArea, ApiDeps } from "./api/area.ts";
import { actionRoutes } from "./api/actions.ts";
import { errorRoutes } from "./api/errors.ts";
import { evaluatorRoutes } from "./api/evaluator.ts";
import { runbookRoutes } from "./api/runbooks.ts";
import { sectionRoutes } from "./api/sections.ts";
import { versionRoutes } from "./api/versions.ts";

const AREAS: readonly ApiArea[] = [sectionRoutes, versionRoutes, errorRoutes, evaluatorRoutes, runbookRoutes, actionRoutes];

/** Files of the build; every other address is one of the app's, which gets its page: names in it may hold dots. */
const FILE = /^\/(?:assets\/.+|[^/]+\.[a-z0-9]+)$/i;

/** What someone who was let in gets: the API, and the app for every other address. */
export function createApp(deps: ApiDeps, assets: { fetch: typeof fetch } | undefined): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    const requestId = crypto.randomUUID();
    console.error(JSON.stringify({ level: "error", message: error.message, requestId, path: new URL(c.req.url).pathname }));
    return c.json({ error: `something failed in the dashboard (request ${requestId}): look it up in its logs`, requestId }, 500);
  });
  const me = (): object => ({
    ...deps.visitor,
    environment: deps.environment,
    dataset: deps.dataset,
    nowMs: deps.clock.now(),
    title: deps.dashboard.title,
  });
  app.get("/api/me", (c) => c.json(me()));
  // All that the app needs before it can ask for anything else.
  app.get("/api/start", (c) => c.json({ me: me(), dashboard: deps.dashboard }));
  for (const addRoutes of AREAS) addRoutes(app, deps);
  app.all("/api/*", (c) => c.json({ error: `there is no ${new URL(c.req.url).pathname}` }, 404));
  app.get("*", async (c) => {
    if (assets === undefined) return c.text("The app was not built: run pnpm --filter @monotask/dashboard build", 503);
    const { pathname } = new URL(c.req.url);
    const file = FILE.test(pathname) ? pathname : "/index.html";
    const answer = await assets.fetch(new Request(new URL(file, c.req.url)));
    const response = new Response(answer.body, answer);
    response.headers.set("cache-control", file.startsWith("/assets/") ? "private, max-age=31536000, immutable" : "no-cache");
    return response;
  });
  return app;
}
