import { createDeadLetterConsumer, createLetterStore } from "../src/dead-letters/index.ts";
import { eachMessage, giveUp, monitorQueue, type QueueBatch, type QueueMessage } from "../src/index.ts";

export interface TestEnv {
  readonly DB: D1Database;
  readonly BODIES: R2Bucket;
  readonly JOBS: Queue;
  readonly JOBS_DLQ: Queue;
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
    if (does === "wait") await new Promise((resolve) => setTimeout(resolve, 20));
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
