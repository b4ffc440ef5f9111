import { createExecutionContext, createMessageBatch, getQueueResult, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import local from "./local.ts";
import { created, createdTask, errorOf, pointsOf, startAnew, upstreamsAnswer, type Json } from "./test-client.ts";

beforeEach(startAnew);

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the local entry's fault switches", () => {
  async function locally(method: string, path: string, body?: unknown, entryEnv: Env = env): Promise<Response> {
    const ctx = createExecutionContext();
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await local.fetch(new Request(`http://demo.test${path}`, init), entryEnv, ctx);
    await waitOnExecutionContext(ctx);
    return response;
  }
  const turn = async (switches: Json): Promise<void> => {
    const response = await locally("POST", "/__faults", switches);
    expect([response.status, await response.text()]).toMatchObject([200, expect.stringContaining("switches")]);
  };

  /** The durations that were asked for, without the waiting. */
  const timersFireAtOnce = (): (() => unknown[]) => {
    const realTimer = globalThis.setTimeout;
    const timer = vi.spyOn(globalThis, "setTimeout").mockImplementation((run: () => void) => realTimer(run, 0));
    return () => timer.mock.calls.map(([, durationMs]) => durationMs);
  };

  /** Fires timers of exactly this duration at once, and no others. */
  const limitsAtOnce = (limitMs: number): (() => unknown[]) => {
    const realTimer = globalThis.setTimeout;
    const timer = vi
      .spyOn(globalThis, "setTimeout")
      .mockImplementation((run: () => void, durationMs?: number) => realTimer(run, durationMs === limitMs ? 0 : durationMs));
    return () => timer.mock.calls.map(([, durationMs]) => durationMs);
  };

  afterEach(async () => {
    expect((await locally("DELETE", "/__faults")).status).toBe(200);
  });

  it("are shown with their meaning, changed by name and turned off together", async () => {
    await turn({ latencyMs: 1, errorRate: 0.5 });
    await turn({ latencyMs: 2 });
    expect(await (await locally("GET", "/__faults")).json()).toMatchObject({
      switches: { latencyMs: 2, errorRate: 0.5, badDeploy: false },
      meaning: { badDeploy: expect.any(String) as string },
    });
    expect(await (await locally("DELETE", "/__faults")).json()).toMatchObject({ switches: { latencyMs: 0, errorRate: 0 } });
  });

  it("refuse a name they do not know and list those they do", async () => {
    const error = await errorOf(await locally("POST", "/__faults", { errorrate: 1 }));
    expect(error).toMatchObject({ status: 400, code: "unknown_switch" });
    expect(error.message).toContain("Known: errorRate, latencyMs,");
  });

  it("refuse a value out of range by the switch's name", async () => {
    const error = await errorOf(await locally("POST", "/__faults", { errorRate: 5 }));
    expect(error).toMatchObject({ status: 400, code: "invalid_input" });
    expect(error.message).toContain("errorRate");
  });

  it("errorRate fails the same requests again for the same seed, and about that share", async () => {
    const run = async (): Promise<number[]> => {
      await turn({ errorRate: 0.3, seed: 5 });
      const statuses: number[] = [];
      for (let n = 0; n < 100; n += 1) statuses.push((await locally("GET", "/api/projects")).status);
      return statuses;
    };
    const first = await run();
    const failed = first.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(18);
    expect(failed).toBeLessThan(42);
    expect(await run()).toEqual(first);
  });

  it("badDeploy is another version whose tasks meet a real database error", async () => {
    const projectId = await created("/api/projects", { name: "Website" });
    const task = { projectId, title: "t", instructions: "i" };
    expect((await locally("POST", "/api/tasks", task)).status).toBe(201);
    await turn({ badDeploy: true });
    expect((await locally("POST", "/api/tasks", task)).status).toBe(500);
    expect((await locally("GET", "/api/tasks")).status).toBe(200);
    expect(await (await locally("GET", "/health")).json()).toMatchObject({ version: "bad-deploy" });
    await turn({ badDeploy: false });
    expect((await locally("POST", "/api/tasks", task)).status).toBe(201);
  });

  it("slowQuery makes the database read every event for every task, and gives the index back", async () => {
    await createdTask();
    const rowsRead = async (): Promise<number> => {
      const plan = "SELECT (SELECT max(at) FROM task_events WHERE task_id = tasks.id) FROM tasks";
      return (await env.DB.prepare(plan).all()).meta.rows_read;
    };
    expect(await rowsRead()).toBeLessThan(10);
    await turn({ slowQuery: true });
    expect((await locally("GET", "/api/tasks")).status).toBe(200);
    expect(await rowsRead()).toBeGreaterThan(150_000);
    await turn({ slowQuery: false });
    expect(await rowsRead()).toBeLessThan(10);
  });

  it("nPlusOne lists the same tasks with queries that grow with them", async () => {
    const projectId = await created("/api/projects", { name: "Website" });
    for (const title of ["one", "two", "three"]) await created("/api/tasks", { projectId, title, instructions: "i" });
    const prepare = vi.spyOn(env.DB, "prepare");
    const queriesOf = async (): Promise<{ queries: number; ids: unknown[] }> => {
      prepare.mockClear();
      const { tasks } = await (await locally("GET", "/api/tasks")).json<{ tasks: Json[] }>();
      return { queries: prepare.mock.calls.length, ids: tasks.map((task) => task["id"]) };
    };
    const well = await queriesOf();
    await turn({ nPlusOne: true });
    expect(await queriesOf()).toEqual({ queries: 1 + 3 * 3, ids: well.ids });
    expect(well.queries).toBe(1);
  });

  it("lockContention writes what was asked behind a large write", async () => {
    await turn({ lockContention: true });
    const prepare = vi.spyOn(env.DB, "prepare");
    expect((await locally("POST", "/api/projects", { name: "Website" })).status).toBe(201);
    expect(prepare.mock.calls.map(([sql]) => sql.slice(0, 18))).toEqual(["UPDATE task_events", "INSERT INTO projec"]);
  });

  it("latencyMs waits before every handler", async () => {
    const waited = timersFireAtOnce();
    await turn({ latencyMs: 30_000 });
    expect((await locally("GET", "/api/projects")).status).toBe(200);
    expect(waited()).toContain(30_000);
  });

  it("gatewayTimeouts wait a second and answer 504", async () => {
    const waited = timersFireAtOnce();
    await turn({ gatewayTimeouts: 1 });
    expect(await errorOf(await locally("GET", "/api/projects"))).toMatchObject({ status: 504, code: "gateway_timeout" });
    expect(waited()).toContain(1_000);
  });

  it("what the local runtime tells nobody, a tail handler is told: made-up invocations, marked as such", async () => {
    const invocations = await pointsOf("invocation", async () => {
      await locally("GET", "/api/projects");
      await turn({ cpuKills: 2, memoryKills: 1 });
    });
    expect(invocations.map(({ entrypoint }) => entrypoint)).toEqual(invocations.map(() => "synthetic"));
    const of = (end: string): object[] => invocations.filter(({ outcome }) => outcome === end);
    expect([of("exceededCpu"), of("exceededMemory")].map(({ length }) => length)).toEqual([2, 1]);
    expect(of("exceededCpu")).toMatchObject([{ workerName: "monotask-demo", cpuMs: 30_000 }, {}]);
  });

  it("poisonMessage and queueBacklog send their messages at once", async () => {
    const send = vi.mocked(env.AGENT_JOBS.send);
    await turn({ poisonMessage: 2 });
    expect(send.mock.calls.map(([body]) => body)).toEqual([{ poison: 1 }, { poison: 2 }]);
    await turn({ queueBacklog: 3 });
    expect(send).toHaveBeenCalledTimes(5);
    expect(await (await locally("GET", "/api/tasks?status=pending")).json()).toHaveProperty("tasks.length", 3);
    await turn({ queueBacklog: 0 });
    expect(await (await locally("GET", "/api/tasks?status=pending")).json()).toHaveProperty("tasks.length", 0);
    expect(await (await locally("GET", "/api/tasks?status=failed")).json()).toHaveProperty("tasks.length", 3);
  });

  it("sandboxOrphan and sandboxCapacity run agents that nobody uses, and the latter gives its places back", async () => {
    const running = (): Promise<string[]> => env.AGENT_HOST.getByName("agents").list();
    await turn({ sandboxOrphan: 2 });
    expect(await running()).toEqual([expect.stringMatching(/^orphan-/), expect.stringMatching(/^orphan-/)]);
    await turn({ sandboxCapacity: 3 });
    expect(await running()).toHaveLength(5);
    await turn({ sandboxCapacity: 0 });
    expect(await running()).toHaveLength(2);
  });

  it("sandboxStuck starts agents that never end: the job is retried after the time limit", async () => {
    upstreamsAnswer(() =>
      Response.json({ model: "m", content: [{ type: "text", text: "Done." }], usage: { input_tokens: 1, output_tokens: 1 } }),
    );
    const taskId = await createdTask();
    await turn({ sandboxStuck: true });
    const batch = createMessageBatch("agent-jobs", [
      { id: "m1", timestamp: new Date(), attempts: 1, body: { executionId: "e1", taskId } },
    ]);
    const waited = limitsAtOnce(3_000);
    const ctx = createExecutionContext();
    const points = await pointsOf("sandbox", () => local.queue(batch, env, ctx));
    expect(points.map(({ event, outcome }) => [event, outcome])).toContainEqual(["executed", "timeout"]);
    expect((await getQueueResult(batch, ctx)).retryMessages).toMatchObject([{ msgId: "m1" }]);
    expect(waited()).toContain(3_000);
    expect(await env.AGENT_HOST.getByName("agents").list()).toEqual([]);
  });

  it("sandboxTimeout runs agents that never end, and is answered when all of them are gone", async () => {
    const waited = limitsAtOnce(3_000);
    const points = await pointsOf("sandbox", () => turn({ sandboxTimeout: 4 }));
    const executed = points.filter(({ event }) => event === "executed").map(({ outcome }) => outcome);
    expect(executed).toEqual(["timeout", "timeout", "timeout", "timeout"]);
    expect(waited()).toContain(3_000);
    expect(await env.AGENT_HOST.getByName("agents").list()).toEqual([]);
  });

  it("tell the upstream stand-ins, and say so when they cannot", async () => {
    expect(await errorOf(await locally("POST", "/__faults", { upstreamDown: true }))).toMatchObject({
      status: 502,
      code: "no_upstreams",
    });
    const admin = upstreamsAnswer(() => Response.json({}));
    const withAdmin = { ...env, UPSTREAM_ADMIN_URL: "http://127.0.0.1:8792" };
    await locally("POST", "/__faults", { upstreamDown: true, upstreamSlowMs: 50 }, withAdmin);
    const told = (): unknown[] => admin.mock.calls.map(([url, init]) => [url, init?.body]);
    expect(told()).toEqual([[new URL("http://127.0.0.1:8792/__faults"), '{"down":true,"slowMs":50,"rateLimited":false}']]);
    await locally("DELETE", "/__faults", undefined, withAdmin);
    expect(told()[1]).toEqual([new URL("http://127.0.0.1:8792/__faults"), '{"down":false,"slowMs":0,"rateLimited":false}']);
  });
});
