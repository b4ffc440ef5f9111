import { Hono } from "hono";
import { enqueueExecution } from "../agent-jobs.ts";
import { storeOf, type AppEnv, type Edges } from "../edges.ts";
import { bodyOf, listFilter, newTask, parsed, transition } from "../input.ts";
import { trackFinishedTask } from "../monitoring.ts";
import { notFound, Problem } from "../problem.ts";
import type { Store, Task } from "../store.ts";
import { canMove, isFinal, nextStatuses, type TaskStatus } from "../task-state.ts";

export function taskRoutes(edges: Edges): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/", async (c) => {
      const filter = parsed(listFilter, c.req.query());
      return c.json({ tasks: await storeOf(c, edges).listTasks(filter) });
    })
    .post("/", async (c) => {
      const task = await bodyOf(c, newTask);
      const store = storeOf(c, edges);
      if ((await store.findProject(task.projectId)) === undefined) throw notFound("project", task.projectId);
      return c.json(await store.createTask(task), 201);
    })
    .get("/:id", async (c) => {
      const store = storeOf(c, edges);
      const task = await taskOf(store, c.req.param("id"));
      return c.json({ ...task, history: await store.taskHistory(task.id) });
    })
    .post("/:id/transitions", async (c) => {
      const { to, reason } = await bodyOf(c, transition);
      const store = storeOf(c, edges);
      const task = await taskOf(store, c.req.param("id"));
      if (!canMove(task.status, to)) throw illegalMove(task.status, to);
      if (!(await store.moveTask(task.id, task.status, to, reason))) throw movedMeanwhile(task.id);
      if (isFinal(to)) await trackFinishedTask(c.get("tracker"), task.projectId, to);
      return c.json({ ...task, status: to });
    })
    .post("/:id/execute", async (c) => {
      const task = await taskOf(storeOf(c, edges), c.req.param("id"));
      if (isFinal(task.status)) {
        throw new Problem({
          status: 409,
          code: "task_is_final",
          message: `The task is ${task.status} and cannot be executed again. Create a new one.`,
        });
      }
      return c.json(await enqueueExecution(c.env.AGENT_JOBS, task.id), 202);
    })
    .get("/:id/artifact", async (c) => {
      const task = await taskOf(storeOf(c, edges), c.req.param("id"));
      const artifact = task.artifactKey === null ? null : await c.env.ARTIFACTS.get(task.artifactKey);
      if (artifact === null) throw notFound("artifact", task.id);
      return new Response(artifact.body, { headers: { "content-type": "application/json", etag: artifact.httpEtag } });
    });
}

async function taskOf(store: Store, id: string): Promise<Task> {
  const task = await store.findTask(id);
  if (task === undefined) throw notFound("task", id);
  return task;
}

function illegalMove(from: TaskStatus, to: TaskStatus): Problem {
  const next = nextStatuses(from);
  const hint = next.length === 0 ? `${from} is final` : `from ${from} it may go to ${next.join(" or ")}`;
  return new Problem({ status: 409, code: "illegal_transition", message: `A task cannot go from ${from} to ${to}: ${hint}.` });
}

function movedMeanwhile(id: string): Problem {
  return new Problem({
    status: 409,
    code: "task_moved",
    message: `Task "${id}" was moved by somebody else in the meantime. Read it and try again.`,
  });
}
