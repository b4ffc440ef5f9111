import { Hono } from "hono";
import { storeOf, type AppEnv, type Edges } from "../edges.ts";
import { bodyOf, newProject } from "../input.ts";
import { notFound } from "../problem.ts";

export function projectRoutes(edges: Edges): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/", async (c) => c.json({ projects: await storeOf(c, edges).listProjects(MAX_LISTED) }))
    .post("/", async (c) => c.json(await storeOf(c, edges).createProject(await bodyOf(c, newProject)), 201))
    .get("/:id", async (c) => {
      const project = await storeOf(c, edges).findProject(c.req.param("id"));
      if (project === undefined) throw notFound("project", c.req.param("id"));
      return c.json(project);
    });
}

const MAX_LISTED = 100;
