import { monitor, monotask } from "@monotask/monitoring";
import { Hono } from "hono";

interface Env {
  readonly ANALYTICS: AnalyticsEngineDataset;
  readonly TASKS: KVNamespace;
}

const app = new Hono<{ Bindings: Env }>();
app.use(monotask());
app.get("/api/tasks/:name", async (c) => {
  const task = await c.env.TASKS.get(c.req.param("name"));
  return task === null ? c.json({ error: "no such task" }, 404) : c.text(task);
});

export default monitor(app, { workerName: "hono-example" });
