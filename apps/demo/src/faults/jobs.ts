import { enqueueExecution } from "../agent-jobs.ts";
import type { Store } from "../store.ts";
import type { FaultState } from "./state.ts";
import { wait } from "./wait.ts";

/** Messages that no consumer understands: each is given up and put into the dead letter queue. */
export async function sendPoison(queue: Queue, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) await queue.send({ poison: n });
}

/** Name of the project whose tasks a backlog consists of. */
const BACKLOG = "Backlog";
/** Sent at the same time. */
const SENDERS = 8;

/** Real tasks with real executions, faster than the consumer works. */
export async function sendBacklog(queue: Queue, store: Store, count: number): Promise<void> {
  if (count === 0) return;
  const project = await store.createProject({ name: BACKLOG });
  const send = async (first: number): Promise<void> => {
    for (let n = first; n <= count; n += SENDERS) {
      const task = await store.createTask({
        projectId: project.id,
        title: `Backlog ${n}`,
        instructions: "Wait your turn.",
        priority: 5,
      });
      await enqueueExecution(queue, task.id);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, (_, at) => send(at + 1)));
}

/** Ends the tasks of a backlog that still wait, as people do with work that came too late: their jobs find nothing left to do. */
export async function callOffBacklog(db: D1Database, nowMs: number): Promise<void> {
  const open = "status IN ('pending', 'in_progress') AND project_id IN (SELECT id FROM projects WHERE name = ?)";
  await db.batch([
    db
      .prepare(
        `INSERT INTO task_events (task_id, from_status, to_status, reason, at)
         SELECT id, status, 'failed', 'The backlog was called off.', ? FROM tasks WHERE ${open}`,
      )
      .bind(nowMs, BACKLOG),
    db.prepare(`UPDATE tasks SET status = 'failed', updated_at = ? WHERE ${open}`).bind(nowMs, BACKLOG),
  ]);
}

/** What `queueBacklog` adds to a batch before it is worked on. */
export async function slowDown(batch: MessageBatch, state: FaultState): Promise<void> {
  if (state.now().queueBacklog > 0) await wait(EXTRA_PER_JOB_MS * batch.messages.length);
}

const EXTRA_PER_JOB_MS = 250;
