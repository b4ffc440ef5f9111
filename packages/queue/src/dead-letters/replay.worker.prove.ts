import { abortAllDurableObjects, createExecutionContext, createMessageBatch, getQueueResult, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, it, vi } from "vitest";
import worker, { effectsTable, type Job, type TestEnv } from "../../test/worker.ts";
import type { DeadLetterEnvelope } from "../index.ts";
import { createLetterStore, deadLetterTables } from "./index.ts";

const bindings = env as unknown as TestEnv;
const MESSAGES = 400;
const REPLAYS = 20;

beforeEach(async () => {
  await reset();
  await bindings.DB.batch([...deadLetterTables, effectsTable].map((sql) => bindings.DB.prepare(sql)));
});

/** Draws that are the same on each run. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const KINDS: readonly Job["does"][] = ["work", "work", "work", "wait", "fail-once", "fail", "nonsense"];

it("through the local broker, over 20 evictions and replayed batches at random moments, every message is worked on or a dead letter, none lost, none kept twice", async () => {
  const random = draws(20_261_124);
  const jobs = Array.from({ length: MESSAGES }, (_, n): Job => ({
    name: `job-${n}`,
    does: KINDS[Math.floor(random() * KINDS.length)] ?? "work",
  }));
  const dies = (job: Job): boolean => job.does === "fail" || job.does === "nonsense";
  const store = createLetterStore({ db: bindings.DB, bucket: bindings.BODIES });
  for (let at = 0; at < MESSAGES; at += 50) await bindings.JOBS.sendBatch(jobs.slice(at, at + 50).map((body) => ({ body })));

  for (let replay = 0; replay < REPLAYS; replay += 1) {
    await scheduler.wait(Math.ceil(random() * 100));
    // What is under way with it fails, whether it has stored or not, and is delivered again.
    await abortAllDurableObjects();
    await replayWorked();
    await replayDead();
  }

  const ended = async (): Promise<{ worked: string[]; dead: Job[]; reasons: string[] }> => {
    const { results } = await bindings.DB.prepare("SELECT name FROM effects").all<{ name: string }>();
    const letters = await store.list({}, ["stored"], 500);
    return {
      worked: results.map(({ name }) => name),
      dead: letters.map(({ preview }) => JSON.parse(preview) as Job),
      reasons: letters.map(({ reason }) => reason),
    };
  };
  const { worked, dead, reasons } = await vi.waitFor(
    async () => {
      const now = await ended();
      expect(new Set([...now.worked, ...now.dead.map(({ name }) => name)]).size).toBe(MESSAGES);
      return now;
    },
    { timeout: 120_000, interval: 200 },
  );
  // Effects are counted by message id, and names are those of messages: each is there once.
  expect(worked.length).toBe(new Set(worked).size);
  expect(dead.length).toBe(new Set(dead.map(({ name }) => name)).size);
  expect(worked.filter((name) => jobs.some((job) => job.name === name && dies(job)))).toEqual([]);
  // What an eviction met on its last attempt may be a dead letter though it works; nothing else may.
  expect(dead.filter((job) => !dies(job) && job.does !== "wait")).toEqual([]);
  expect(reasons).not.toContain("unknown");
  const slow = jobs.filter(({ does }) => does === "wait").length;
  expect(await bindings.LEDGER.getByName("jobs").seen()).toHaveLength(slow);

  /** Delivers messages again that were worked on, as the platform does when an answer is lost. */
  async function replayWorked(): Promise<void> {
    const query = "SELECT id, name FROM effects ORDER BY random() LIMIT 10";
    const { results: worked } = await bindings.DB.prepare(query).all<{ id: string; name: string }>();
    await deliver(
      "jobs",
      worked.map(({ id, name }) => ({ id, body: { name, does: "work" } satisfies Job })),
    );
  }

  /** Delivers dead letters again: in their envelope, and as the platform's own copy. */
  async function replayDead(): Promise<void> {
    const dead = await store.list({}, ["stored"], 10);
    const bodies = dead.map(({ id, preview, attempts }) => {
      const body = JSON.parse(preview) as Job;
      const envelope: DeadLetterEnvelope = {
        monotaskDeadLetter: 1,
        id,
        queue: "jobs",
        sentAtMs: 1,
        attempts,
        reason: "last-attempt",
        error: { name: "Error", message: "again", fingerprint: "again" },
        body,
      };
      return { id, body: random() < 0.5 ? envelope : body };
    });
    await deliver("jobs-dlq", bodies);
  }

  async function deliver(queue: string, messages: readonly { id: string; body: unknown }[]): Promise<void> {
    if (messages.length === 0) return;
    const batch = createMessageBatch<unknown>(
      queue,
      messages.map(({ id, body }) => ({ id, body, timestamp: new Date(), attempts: 2 })),
    );
    const ctx = createExecutionContext();
    await worker.queue?.(batch as MessageBatch<Job>, bindings, ctx);
    const { explicitAcks } = await getQueueResult(batch, ctx);
    expect(explicitAcks).toHaveLength(messages.length);
  }
});
