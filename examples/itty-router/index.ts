import { createErrorTracker, monitor, nameRoute } from "@monotask/monitoring";
import { AutoRouter, type IRequest } from "itty-router";

interface Env {
  readonly ANALYTICS: AnalyticsEngineDataset;
  readonly TASKS: KVNamespace;
}

const WORKER = "itty-example";

// What a route throws ends in the router: here it is told, and answered with its own status.
const router = AutoRouter<IRequest & Request, [Env, ExecutionContext]>({
  catch: (error, request, env) => createErrorTracker(env, { workerName: WORKER }).onError(error, request),
});

router.get("/api/tasks/:name", async (request, env) => {
  nameRoute(request, "/api/tasks/:name");
  return { task: await env.TASKS.get(String(request.params["name"])) };
});

const handler = {
  fetch: (request: Request, env: Env, ctx: ExecutionContext): Promise<Response> => router.fetch(request, env, ctx),
};

export default monitor(handler, { workerName: WORKER });
