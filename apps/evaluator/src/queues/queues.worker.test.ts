import { applyD1Migrations, createExecutionContext, createMessageBatch, getQueueResult, reset } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type { DeadLetterEnvelope } from "@monotask/queue";
import { deadLetterTables } from "@monotask/queue/dead-letters";
import { DEFAULT_LIMITS } from "@monotask/sandbox";
import { columnOf, createLogger, systemClock } from "@monotask/telemetry";
import { beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../index.ts";
import { sandboxesStep } from "../sandboxes/sandboxes-step.ts";
import type { TickContext } from "../ticks/step.ts";
import { queuesStep } from "./queues-step.ts";

beforeEach(async () => {
  await reset();
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});

async function call(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const headers = { authorization: "Bearer test-token" };
  const response = await exports.default.fetch(`http://evaluator${path}`, { ...init, headers });
  return { status: response.status, body: await response.json() };
}

async function die(...bodies: unknown[]): Promise<string[]> {
  const messages = bodies.map((body, n) => ({ id: `m${n + 1}`, timestamp: new Date(5), attempts: 1, body }));
  const batch = createMessageBatch("agent-jobs-dlq", messages);
  const ctx = createExecutionContext();
  await worker.queue(batch, env, ctx);
  return (await getQueueResult(batch, ctx)).explicitAcks;
}

const envelope: DeadLetterEnvelope = {
  monotaskDeadLetter: 1,
  id: "job-9",
  queue: "agent-jobs",
  sentAtMs: 1,
  attempts: 4,
  reason: "given-up",
  error: { name: "Problem", message: "not an agent job", fingerprint: "f00d" },
  body: { poison: 1 },
};

describe("the evaluator's dead letters", () => {
  it("have the tables that the package names", async () => {
    const { results } = await env.DB.prepare(
      "SELECT sql FROM sqlite_master WHERE name LIKE 'dead_letter%' AND sql IS NOT NULL",
    ).all();
    expect(results.map(({ sql }) => sql).sort()).toEqual([...deadLetterTables].sort());
  });

  it("are listed, shown and redriven over HTTP with what is known of their death", async () => {
    expect(await die(envelope, { executionId: "e1", taskId: "t1" })).toEqual(["m1", "m2"]);
    expect(await call("/api/v1/queues/dlq?fingerprint=f00d")).toMatchObject({
      body: { total: 1, letters: [{ id: "job-9", queue: "agent-jobs", reason: "given-up", errorMessage: "not an agent job" }] },
    });
    expect(await call("/api/v1/queues/dlq?ids=m2,none")).toMatchObject({ body: { total: 1, letters: [{ id: "m2" }] } });
    expect(await call("/api/v1/queues/dlq/groups")).toMatchObject({ body: { groups: [{ count: 1 }, { count: 1 }] } });
    expect(await call("/api/v1/queues/dlq/m2")).toMatchObject({ body: { letters: [{ reason: "unknown", sentAtMs: 5 }] } });
    const send = vi
      .spyOn(env.AGENT_JOBS, "send")
      .mockResolvedValue({ metadata: { metrics: { backlogCount: 1, backlogBytes: 1 } } });
    expect(await call("/api/v1/queues/dlq/redrive", { filter: { ids: ["job-9"] }, by: "kim" })).toMatchObject({
      body: { redriven: 1, left: 0 },
    });
    expect(send.mock.calls).toEqual([[{ poison: 1 }, { contentType: "json" }]]);
    send.mockRestore();
    expect(await call("/api/v1/queues/dlq/drop", { filter: { queue: "agent-jobs" }, by: "kim" })).toMatchObject({
      body: { dropped: 1 },
    });
  });

  it.each([
    ["/api/v1/queues/dlq/redrive", { filter: { quue: "x" }, by: "kim" }, "filter.quue"],
    ["/api/v1/queues/dlq/redrive", { filter: {} }, "by"],
    ["/api/v1/queues/dlq/drop", { filter: {}, by: "kim" }, "name what is to be dropped"],
    ["/api/v1/sandboxes/kill", { pool: "agents" }, "give ids, or stuck: true"],
  ])("and sandboxes name what is wrong with a request to %s %j", async (path, body, words) => {
    const answer = await call(path, body);
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining(words)]);
  });

  it("that are not there are a 404", async () => {
    expect(await call("/api/v1/queues/dlq/none")).toMatchObject({ status: 404 });
    expect(await call("/api/v1/sandboxes/none")).toMatchObject({ status: 404 });
  });
});

describe("a tick", () => {
  it("writes the depth of every queue, dead letters included, and how each pool stands", async () => {
    await die(envelope);
    await env.SANDBOX_REGISTRY.getByName("default").ask({
      id: "s1",
      pool: "agents",
      owner: "t",
      workerName: "demo",
      limits: DEFAULT_LIMITS,
      waitMs: 0,
    });
    const write = vi.spyOn(env.ANALYTICS, "writeDataPoint");
    const context = {
      env,
      logger: createLogger({ workerName: "test", level: "error", clock: systemClock }),
    } as unknown as TickContext;
    await queuesStep.run(context);
    await sandboxesStep.run(context);
    const at = (field: "name" | "subject" | "value"): number => (columnOf("gauge", field)?.position ?? 0) - 1;
    const gauges = write.mock.calls.map(([point]) => {
      const [name, subject] = (["name", "subject"] as const).map((field) => point?.blobs?.[at(field)]);
      return [name, subject, point?.doubles?.[at("value")]];
    });
    write.mockRestore();
    expect(gauges).toEqual(
      expect.arrayContaining([
        ["queue_depth", "agent-jobs", 0],
        ["queue_depth", "agent-jobs-dlq", 0],
        ["dead_letters_unresolved", "agent-jobs", 1],
        ["sandbox_active", "agents", 1],
        ["sandbox_capacity", "agents", 20],
      ]),
    );
    expect(await call("/api/v1/sandboxes?pool=agents")).toMatchObject({
      body: { sandboxes: [{ id: "s1" }], pools: [{ active: 1 }] },
    });
    expect(await call("/api/v1/sandboxes/kill", { ids: ["s1"], force: true })).toMatchObject({ body: { ids: ["s1"] } });
    expect(await call("/api/v1/sandboxes/s1")).toMatchObject({ body: { ended: { exitReason: "forgotten" } } });
  });
});
