import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import worker from "./index.ts";
import { call, created, createdTask, errorOf, startAnew, upstreamsAnswer } from "./test-client.ts";

beforeEach(startAnew);

afterEach(() => {
  vi.restoreAllMocks();
});

const GITHUB = {
  full_name: "acme/website",
  description: null,
  default_branch: "main",
  stargazers_count: 7,
  open_issues_count: 2,
};
const CLAUDE = {
  id: "msg_1",
  model: "claude-test",
  content: [{ type: "text", text: "Done." }],
  usage: { input_tokens: 12, output_tokens: 3 },
};

describe("projects", () => {
  it("are listed and read after they were created", async () => {
    const id = await created("/api/projects", { name: "Website" });
    expect(await (await call("GET", `/api/projects/${id}`)).json()).toMatchObject({ id, name: "Website", repository: null });
    expect(await (await call("GET", "/api/projects")).json()).toMatchObject({ projects: [{ id }] });
  });

  it("that do not exist are a 404 that names the id", async () => {
    const error = await errorOf(await call("GET", "/api/projects/prj_none"));
    expect(error).toMatchObject({
      status: 404,
      code: "project_not_found",
      message: 'There is no project with the id "prj_none".',
    });
  });

  it("with wrong fields are a 400 that names each of them", async () => {
    const error = await errorOf(await call("POST", "/api/projects", { name: " ", repository: "website", colour: "red" }));
    expect(error).toMatchObject({ status: 400, code: "invalid_input" });
    for (const field of ["name: must not be empty", "repository: must look like owner/name", "colour: "])
      expect(error.message).toContain(field);
  });

  it("in a body that is not JSON are a 400 that says so", async () => {
    const response = await exports.default.fetch("https://demo.test/api/projects", { method: "POST", body: "name=Website" });
    expect(await errorOf(response)).toMatchObject({ status: 400, code: "invalid_json" });
  });

  it("in a body of more than 64 KiB are a 413", async () => {
    const response = await call("POST", "/api/projects", { name: "x".repeat(70_000) });
    expect(await errorOf(response)).toMatchObject({ status: 413, code: "body_too_large" });
  });
});

describe("tasks", () => {
  it("begin pending, with the project's name in the list", async () => {
    const id = await createdTask();
    expect(await (await call("GET", `/api/tasks/${id}`)).json()).toMatchObject({ status: "pending", priority: 3, history: [] });
    expect(await (await call("GET", "/api/tasks?status=pending&limit=5")).json()).toMatchObject({
      tasks: [{ id, projectName: "Website", lastMovedAt: null }],
    });
    expect(await (await call("GET", "/api/tasks?status=failed")).json()).toEqual({ tasks: [] });
  });

  it("of a project that does not exist are a 404", async () => {
    const response = await call("POST", "/api/tasks", { projectId: "prj_none", title: "t", instructions: "i" });
    expect(await errorOf(response)).toMatchObject({ status: 404, code: "project_not_found" });
  });

  it("are not listed for a filter that does not exist", async () => {
    expect(await errorOf(await call("GET", "/api/tasks?status=done&limit=1000"))).toMatchObject({
      status: 400,
      code: "invalid_input",
    });
  });

  it("go from pending through in_progress to completed and keep their history", async () => {
    const id = await createdTask();
    expect((await call("POST", `/api/tasks/${id}/transitions`, { to: "in_progress" })).status).toBe(200);
    expect(
      await (await call("POST", `/api/tasks/${id}/transitions`, { to: "completed", reason: "Merged." })).json(),
    ).toMatchObject({
      status: "completed",
    });
    expect(await (await call("GET", `/api/tasks/${id}`)).json()).toMatchObject({
      status: "completed",
      history: [
        { from: "pending", to: "in_progress" },
        { from: "in_progress", to: "completed", reason: "Merged." },
      ],
    });
  });

  it("refuse an illegal transition with a 409 that names the legal ones", async () => {
    const id = await createdTask();
    const error = await errorOf(await call("POST", `/api/tasks/${id}/transitions`, { to: "completed" }));
    expect(error).toMatchObject({ status: 409, code: "illegal_transition" });
    expect(error.message).toContain("from pending it may go to in_progress");
  });

  it("let one of two simultaneous transitions win", async () => {
    const id = await createdTask();
    await call("POST", `/api/tasks/${id}/transitions`, { to: "in_progress" });
    const both = await Promise.all(["completed", "failed"].map((to) => call("POST", `/api/tasks/${id}/transitions`, { to })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await (await call("GET", `/api/tasks/${id}`)).json<{ history: unknown[] }>()).toHaveProperty("history.length", 2);
  });
});

describe("an agent execution", () => {
  async function queued(): Promise<{ taskId: string; body: unknown }> {
    const taskId = await createdTask();
    const response = await call("POST", `/api/tasks/${taskId}/execute`);
    expect(response.status).toBe(202);
    const [sent] = vi.mocked(env.AGENT_JOBS.send).mock.lastCall ?? [];
    expect(sent).toMatchObject({ taskId });
    return { taskId, body: sent };
  }

  /** One batch: the job is message m1, its neighbours follow. */
  async function delivered(body: unknown, { attempts = 1, neighbours = [] }: { attempts?: number; neighbours?: unknown[] } = {}) {
    const messages = [body, ...neighbours].map((each, n) => ({ id: `m${n + 1}`, timestamp: new Date(0), attempts, body: each }));
    const batch = createMessageBatch("agent-jobs", messages);
    const delays = batch.messages.map((message) => vi.spyOn(message, "retry"));
    const ctx = createExecutionContext();
    await worker.queue(batch, env, ctx);
    const { explicitAcks: acked, retryMessages } = await getQueueResult(batch, ctx);
    return {
      acked,
      retried: retryMessages.map(({ msgId }) => msgId),
      delays: delays.flatMap((spy) => spy.mock.calls.map(([o]) => o?.delaySeconds)),
    };
  }

  it("completes the task and keeps Claude's answer as its artifact", async () => {
    upstreamsAnswer(() => Response.json(CLAUDE));
    const { taskId, body } = await queued();
    expect((await call("GET", `/api/tasks/${taskId}/artifact`)).status).toBe(404);
    expect(await delivered(body)).toEqual({ acked: ["m1"], retried: [], delays: [] });
    expect(await (await call("GET", `/api/tasks/${taskId}`)).json()).toMatchObject({ status: "completed" });
    expect(await (await call("GET", `/api/tasks/${taskId}/artifact`)).json()).toMatchObject({
      taskId,
      text: "Done.",
      outputTokens: 3,
      // What the agent made of it, in an isolate of its own.
      steps: 1,
      checksum: "ed251864987c367e",
    });
  });

  it("delivered twice has its effects once", async () => {
    const claude = upstreamsAnswer(() => Response.json(CLAUDE));
    const { taskId, body } = await queued();
    await delivered(body);
    expect(await delivered(body, { attempts: 2 })).toMatchObject({ acked: ["m1"] });
    expect(claude).toHaveBeenCalledTimes(1);
    expect(await (await call("GET", `/api/tasks/${taskId}`)).json()).toHaveProperty("history.length", 2);
  });

  it("delivered twice at the same time has its effects once", async () => {
    upstreamsAnswer(() => Response.json(CLAUDE));
    const { taskId, body } = await queued();
    await Promise.all([delivered(body), delivered(body)]);
    expect(await (await call("GET", `/api/tasks/${taskId}`)).json()).toHaveProperty("history.length", 2);
    expect((await env.ARTIFACTS.list()).objects).toHaveLength(1);
  });

  it("is retried later, and later each time, when Claude fails for now", async () => {
    upstreamsAnswer(() => new Response(null, { status: 529 }));
    const { taskId, body } = await queued();
    const first = await delivered(body);
    const third = await delivered(body, { attempts: 3 });
    expect([first.retried, third.retried, first.acked, third.acked]).toEqual([["m1"], ["m1"], [], []]);
    const [firstS, thirdS] = [Number(first.delays[0]), Number(third.delays[0])];
    expect([firstS >= 1 && firstS <= 2, thirdS >= 4 && thirdS <= 8]).toEqual([true, true]);
    expect(await (await call("GET", `/api/tasks/${taskId}`)).json()).toMatchObject({ status: "in_progress" });
  });

  it("fails the task when Claude refuses the request", async () => {
    upstreamsAnswer(() => new Response(null, { status: 400 }));
    const { taskId, body } = await queued();
    expect(await delivered(body)).toMatchObject({ acked: ["m1"] });
    expect(await (await call("GET", `/api/tasks/${taskId}`)).json()).toMatchObject({
      status: "failed",
      history: [{}, { to: "failed", reason: "Claude answered 400." }],
    });
  });

  it("is not repeated because of a neighbour that nobody understands, which goes on to the dead letter queue at once", async () => {
    upstreamsAnswer(() => Response.json(CLAUDE));
    const { body } = await queued();
    expect(await delivered(body, { neighbours: [{ poison: 1 }] })).toEqual({ acked: ["m1", "m2"], retried: [], delays: [] });
    expect(vi.mocked(env.AGENT_JOBS_DLQ.send).mock.calls).toMatchObject([
      [{ id: "m2", reason: "given-up", body: { poison: 1 }, error: { name: "Problem" } }, { contentType: "json" }],
    ]);
  });

  it("of a finished task is a 409", async () => {
    upstreamsAnswer(() => Response.json(CLAUDE));
    const { taskId, body } = await queued();
    await delivered(body);
    expect(await errorOf(await call("POST", `/api/tasks/${taskId}/execute`))).toMatchObject({
      status: 409,
      code: "task_is_final",
    });
  });
});

describe("GitHub", () => {
  it("is asked once and then KV answers", async () => {
    const github = upstreamsAnswer(() => Response.json(GITHUB));
    const answers = [await call("GET", "/api/repos/acme/website"), await call("GET", "/api/repos/acme/website")];
    expect(answers.map((answer) => answer.headers.get("x-cache"))).toEqual(["miss", "hit"]);
    expect(await answers[1]?.json()).toEqual({
      fullName: "acme/website",
      description: null,
      defaultBranch: "main",
      stars: 7,
      openIssues: 2,
    });
    expect(github).toHaveBeenCalledTimes(1);
    expect(github.mock.lastCall?.[0]).toBe("https://api.github.com/repos/acme/website");
  });

  it("is still asked when KV fails", async () => {
    upstreamsAnswer(() => Response.json(GITHUB));
    vi.spyOn(env.CACHE, "get").mockRejectedValue(new Error("KV GET failed: 500"));
    vi.spyOn(env.CACHE, "put").mockRejectedValue(new Error("KV PUT failed: 429"));
    expect((await call("GET", "/api/repos/acme/website")).status).toBe(200);
  });

  it.each([
    ["an unknown repository", () => new Response(null, { status: 404 }), 404, "repository_not_found"],
    ["a rate limit", () => new Response(null, { status: 429, headers: { "retry-after": "7" } }), 503, "upstream_rate_limited"],
    ["an error", () => new Response(null, { status: 500 }), 502, "upstream_failed"],
    ["HTML", () => new Response("<html>"), 502, "upstream_failed"],
    ["a connection reset", () => Promise.reject(new Error("Network connection lost.")), 502, "upstream_unreachable"],
    ["no answer in time", () => Promise.reject(new DOMException("late", "TimeoutError")), 504, "upstream_timeout"],
  ])("that answers with %s is told apart", async (_what, answer, status, code) => {
    upstreamsAnswer(answer);
    const response = await call("GET", "/api/repos/acme/website");
    expect(response.headers.get("retry-after")).toBe(status === 503 ? "7" : null);
    expect(await errorOf(response)).toMatchObject({ status, code });
  });

  it("is not asked for a name that cannot exist", async () => {
    const github = upstreamsAnswer(() => Response.json(GITHUB));
    expect((await call("GET", "/api/repos/acme/web%20site")).status).toBe(400);
    expect(github).not.toHaveBeenCalled();
  });
});

describe("the rest of the API", () => {
  it("completes a prompt through Claude", async () => {
    upstreamsAnswer(() => Response.json(CLAUDE));
    const response = await call("POST", "/api/agents/complete", { prompt: "Say done." });
    expect(await response.json()).toEqual({ model: "claude-test", text: "Done.", inputTokens: 12, outputTokens: 3 });
  });

  it("is healthy while the database answers, and says which check failed", async () => {
    expect(await (await call("GET", "/health")).json()).toMatchObject({ status: "ok", checks: { database: "ok" } });
    vi.spyOn(env.DB, "prepare").mockImplementation(() => {
      throw new Error("D1_ERROR: internal error");
    });
    const response = await call("GET", "/health");
    expect([response.status, await response.json()]).toMatchObject([503, { status: "down", checks: { database: "down" } }]);
  });

  it("answers a route that does not exist with a 404 in the same shape", async () => {
    expect(await errorOf(await call("GET", "/api/nothing"))).toMatchObject({ status: 404, code: "no_route" });
  });

  it("hides the inside of an unexpected error", async () => {
    await env.DB.exec("DROP TABLE projects");
    const error = await errorOf(await call("GET", "/api/projects"));
    expect(error).toMatchObject({ status: 500, code: "internal_error" });
    expect(error.message).not.toContain("projects");
  });
});

describe("the production build", () => {
  it("has the API and none of the fault switches", () => {
    const bundle = inject("productionBundle");
    expect(bundle).toContain("illegal_transition");
    for (const trace of ["__faults", "poisonMessage", "priority_level", "UPSTREAM_ADMIN_URL"])
      expect(bundle).not.toContain(trace);
  });

  it("does not answer at the switches' path", async () => {
    expect((await call("POST", "/__faults", { errorRate: 1 })).status).toBe(404);
  });
});
