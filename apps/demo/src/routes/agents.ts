import { Hono } from "hono";
import { complete } from "../claude.ts";
import { measuredFetch, type AppEnv, type Edges } from "../edges.ts";
import { bodyOf, completion } from "../input.ts";
import { upstreamProblem } from "../upstream.ts";

/** One completion, while the caller waits. */
export function agentRoutes(edges: Edges): Hono<AppEnv> {
  return new Hono<AppEnv>().post("/complete", async (c) => {
    const { prompt, maxTokens } = await bodyOf(c, completion);
    const answer = await complete(c.env, measuredFetch(edges, c.get("tracker")), { text: prompt, maxTokens });
    if (!answer.ok) throw upstreamProblem(answer.upstream, answer.failure);
    return c.json(answer.value);
  });
}
