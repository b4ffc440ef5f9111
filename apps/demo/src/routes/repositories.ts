import { Hono } from "hono";
import { measuredFetch, type AppEnv, type Edges } from "../edges.ts";
import { findRepository } from "../github.ts";
import { parsed, repositoryName } from "../input.ts";
import { notFound } from "../problem.ts";
import { upstreamProblem } from "../upstream.ts";

/** What GitHub knows about a repository; `x-cache` says whether KV had it. */
export function repositoryRoutes(edges: Edges): Hono<AppEnv> {
  return new Hono<AppEnv>().get("/:owner/:name", async (c) => {
    const fullName = parsed(repositoryName, `${c.req.param("owner")}/${c.req.param("name")}`);
    const answer = await findRepository(c.env, measuredFetch(edges, c.get("tracker")), fullName);
    if (!answer.ok) {
      const isUnknown = answer.failure.kind === "refused" && answer.failure.status === 404;
      throw isUnknown ? notFound("repository", fullName) : upstreamProblem(answer.upstream, answer.failure);
    }
    c.header("x-cache", answer.isCached ? "hit" : "miss");
    return c.json(answer.value);
  });
}
