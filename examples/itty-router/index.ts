import { monitor, nameRoute } from "@monotask/monitoring";
import { AutoRouter, type IRequest } from "itty-router";

interface Env {
  readonly ANALYTICS: AnalyticsEngineDataset;
  readonly TASKS: KVNamespace;
}

const router = AutoRouter<IRequest & Request, [Env, ExecutionContext]>();

router.get("/api/tasks/:name", async (request, env) => {
  nameRoute(request, "/api/tasks/:name");
  return { task: await env.TASKS.get(String(request.params["name"])) };
});

const handler = {
  fetch: (request: Request, env: Env, ctx: ExecutionContext): Promise<Response> => router.fetch(request, env, ctx),
};

export default monitor(handler, { workerName: "itty-example" });
