import { createApp } from "./app.ts";
import { runAgentJobs } from "./agent-jobs.ts";
import type { Edges } from "./edges.ts";
import { reconcileAgents } from "./sandbox/agents.ts";

/** What the Worker answers to. */
export interface DemoHandler {
  fetch(request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response>;
  queue(batch: MessageBatch, env: Env, ctx: ExecutionContext): Promise<void>;
  scheduled(controller: ScheduledController, env: Env, ctx: ExecutionContext): Promise<void>;
}

export function createHandler(edges: Edges): DemoHandler {
  const app = createApp(edges);
  return {
    fetch: (request, env, ctx) => app.fetch(request, env, ctx),
    queue: (batch, env) => runAgentJobs(batch, env, edges),
    scheduled: (_controller, env) => reconcileAgents(env, edges.agents),
  };
}
