import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AppEnv, Edges } from "./edges.ts";
import { routeMonitoring, trackerForHandlers } from "./monitoring.ts";
import { answerError, Problem } from "./problem.ts";
import { agentRoutes } from "./routes/agents.ts";
import { healthRoutes } from "./routes/health.ts";
import { projectRoutes } from "./routes/projects.ts";
import { repositoryRoutes } from "./routes/repositories.ts";
import { taskRoutes } from "./routes/tasks.ts";

/** The MonoTask API: projects, tasks, agent executions, repositories and completions. */
export function createApp(edges: Edges): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(routeMonitoring(), trackerForHandlers());
  app.use("/api/*", bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge }));
  for (const guard of edges.guards) app.use("/api/*", guard);
  app.route("/health", healthRoutes(edges));
  app.route("/api/projects", projectRoutes(edges));
  app.route("/api/tasks", taskRoutes(edges));
  app.route("/api/repos", repositoryRoutes(edges));
  app.route("/api/agents", agentRoutes(edges));
  app.notFound((c) =>
    c.json(
      { error: { code: "no_route", message: `There is no ${c.req.method} ${c.req.path}. The README lists the routes.` } },
      404,
    ),
  );
  app.onError(answerError);
  return app;
}

const MAX_BODY_BYTES = 64 * 1024;

function tooLarge(): never {
  throw new Problem({ status: 413, code: "body_too_large", message: `The body is larger than ${MAX_BODY_BYTES} bytes.` });
}
