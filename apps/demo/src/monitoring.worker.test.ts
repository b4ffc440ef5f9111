import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import worker from "./index.ts";
import local from "./local.ts";
import { alertManager, call, createdTask, pointsOf, startAnew, upstreamsAnswer } from "./test-client.ts";

beforeEach(startAnew);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a request's data point", () => {
  it("has the route's pattern, the status and the database calls, and is always kept for a task's transition", async () => {
    const id = await createdTask();
    const points = await pointsOf("request", () => call("POST", `/api/tasks/${id}/transitions`, { to: "in_progress" }));
    expect(points).toMatchObject([
      {
        workerName: "monotask-demo",
        endpoint: "/api/tasks/:id/transitions",
        method: "POST",
        statusCode: "200",
        environment: "production",
        team: "platform",
        kept: "critical",
        sampleWeight: 1,
        dbQueryCount: 2,
        externalCallCount: 0,
      },
    ]);
  });

  it("counts the call to another service, also a failed one", async () => {
    upstreamsAnswer(() => new Response(null, { status: 500 }));
    const points = await pointsOf("request", () => call("GET", "/api/repos/acme/website"));
    expect(points).toMatchObject([
      { endpoint: "/api/repos/:owner/:name", statusCode: "502", externalCallCount: 1, dbQueryCount: 0 },
    ]);
  });

  it("names the version of a bad deploy", async () => {
    const switchTo = (body: object): Promise<Response> =>
      Promise.resolve(
        local.fetch(
          new Request("http://demo.test/__faults", { method: "POST", body: JSON.stringify(body) }),
          env,
          createExecutionContext(),
        ),
      );
    await switchTo({ badDeploy: true, errorRate: 1 });
    const request = new Request("http://demo.test/api/tasks");
    const points = await pointsOf("request", async () => local.fetch(request, env, createExecutionContext()));
    await switchTo({ badDeploy: false, errorRate: 0 });
    expect(points).toMatchObject([{ version: "bad-deploy", statusCode: "500", outcome: "error" }]);
  });
});

describe("an error", () => {
  it("of the database is a point and a critical alert with the route it happened in", async () => {
    await env.DB.exec("DROP TABLE task_events");
    const points = await pointsOf("error", () => call("GET", "/api/tasks"));
    expect(points).toMatchObject([{ endpoint: "/api/tasks", statusCode: "500", category: "database", severity: "critical" }]);
    await vi.waitFor(() => {
      expect(alertManager.raise).toHaveBeenCalledTimes(1);
    });
    expect(alertManager.raise.mock.lastCall?.[0].signals).toMatchObject([
      { name: "error:database", labels: { worker: "monotask-demo", team: "platform", severity: "critical" } },
    ]);
  });

  it("of the caller is a point and alerts nobody", async () => {
    const points = await pointsOf("error", () => call("GET", "/api/projects/prj_none"));
    expect(points).toMatchObject([{ category: "not-found", severity: "info", statusCode: "404" }]);
    expect(alertManager.raise).not.toHaveBeenCalled();
  });
});

describe("a batch of agent jobs", () => {
  async function run(...bodies: unknown[]): Promise<void> {
    const messages = bodies.map((body, n) => ({ id: `m${n}`, timestamp: new Date(Date.now()), attempts: 1, body }));
    const batch = createMessageBatch("agent-jobs", messages);
    const ctx = createExecutionContext();
    await worker.queue(batch, env, ctx);
    await getQueueResult(batch, ctx);
  }

  it("is one point with what was done and what is retried", async () => {
    upstreamsAnswer(() =>
      Response.json({ model: "m", content: [{ type: "text", text: "Done." }], usage: { input_tokens: 1, output_tokens: 1 } }),
    );
    const job = { executionId: "e1", taskId: await createdTask() };
    const points = await pointsOf("queue", () => run(job, { poison: 1 }));
    expect(points).toMatchObject([
      { endpoint: "agent-jobs", outcome: "dead", batchSize: 2, okCount: 1, deadCount: 1, poisonCount: 1 },
    ]);
  });

  it("shows the life of every sandbox that it used", async () => {
    upstreamsAnswer(() =>
      Response.json({ model: "m", content: [{ type: "text", text: "Done." }], usage: { input_tokens: 1, output_tokens: 1 } }),
    );
    const job = { executionId: "e1", taskId: await createdTask() };
    const points = await pointsOf("sandbox", () => run(job));
    expect(points.map(({ event, outcome, pool, owner }) => [event, outcome, pool, owner])).toEqual(
      ["acquired", "provisioned", "executed", "destroyed"].map((event) => [event, "ok", "agents", job.taskId]),
    );
  });

  it("counts a task that it ended by its project and state", async () => {
    upstreamsAnswer(() => new Response(null, { status: 400 }));
    const job = { executionId: "e1", taskId: await createdTask() };
    const points = await pointsOf("custom", () => run(job));
    expect(points).toMatchObject([
      {
        name: "tasks_completed",
        value: 1,
        unit: "count",
        dimension1: expect.stringMatching(/^project_id=prj_/) as string,
        dimension2: "state=failed",
      },
      { name: "agent_execution", unit: "ms", dimension1: "outcome=failed" },
    ]);
  });

  it("tells the job that failed, though the batch goes on", async () => {
    upstreamsAnswer(() => new Response(null, { status: 503 }));
    const job = { executionId: "e1", taskId: await createdTask() };
    const points = await pointsOf("error", () => run(job));
    expect(points).toMatchObject([{ category: "external-api", operation: "agent execution", message: "Claude answered 503." }]);
  });
});
