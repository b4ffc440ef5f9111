import { DurableObject } from "cloudflare:workers";
import { createDeadLetterConsumer, createLetterStore } from "../src/dead-letters/index.ts";
import { eachMessage, giveUp, monitorQueue, type QueueBatch, type QueueMessage } from "../src/index.ts";

export interface TestEnv {
  readonly DB: D1Database;
  readonly BODIES: R2Bucket;
  readonly JOBS: Queue;
  readonly JOBS_DLQ: Queue;
  readonly LEDGER: DurableObjectNamespace<Ledger>;
}

/** What slow jobs work with: an object that may be evicted at any moment, before its answer or after it has stored. */
export class Ledger extends DurableObject<TestEnv> {
  constructor(ctx: DurableObjectState, env: TestEnv) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY) WITHOUT ROWID");
  }

  async note(id: string): Promise<void> {
    this.ctx.storage.sql.exec("INSERT OR IGNORE INTO seen (id) VALUES (?)", id);
    await scheduler.wait(20);
  }

  async seen(): Promise<string[]> {
    return this.ctx.storage.sql
      .exec<{ id: string }>("SELECT id FROM seen ORDER BY id")
      .toArray()
      .map(({ id }) => id);
  }
}

/** What a job of the tests does. */
export interface Job {
  readonly name: string;
  readonly does: "work" | "wait" | "fail-once" | "fail" | "nonsense";
}

/** Effects by message id, counted in D1 as a real consumer would. */
export const effectsTable = "CREATE TABLE effects (id TEXT PRIMARY KEY, name TEXT NOT NULL, deliveries INTEGER NOT NULL)";

const handle = eachMessage(
  async (message: QueueMessage<Job>, env: TestEnv) => {
    const { name, does } = message.body;
    if (does === "nonsense") return giveUp(message, new Error(`nobody understands ${name}`));
    if (does === "fail" || (does === "fail-once" && message.attempts === 1)) throw new TypeError(`${name} failed`);
    if (does === "wait") await env.LEDGER.getByName("jobs").note(message.id);
    await env.DB.prepare(
      "INSERT INTO effects (id, name, deliveries) VALUES (?, ?, 1) ON CONFLICT (id) DO UPDATE SET deliveries = deliveries + 1",
    )
      .bind(message.id, name)
      .run();
  },
  // No wait between attempts: the local broker counts real seconds.
  { longestSeconds: 0 },
);

const jobs = monitorQueue((batch: QueueBatch<Job>, env: TestEnv, ctx: ExecutionContext) => handle(batch, env, ctx), {
  workerName: "queue-test",
  maxRetries: 2,
  deadLetterQueue: "JOBS_DLQ",
});

const worker: ExportedHandler<TestEnv, Job> = {
  fetch: () => new Response("queue-test"),
  async queue(batch, env, ctx) {
    if (batch.queue === "jobs") return jobs(batch, env, ctx);
    const store = createLetterStore({ db: env.DB, bucket: env.BODIES });
    await createDeadLetterConsumer({ store, clock: { now: () => Date.now(), toReal: (ms) => ms } })(batch);
  },
};

export default worker;
