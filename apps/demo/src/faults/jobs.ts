import { enqueueExecution } from "../agent-jobs.ts";
import type { Store } from "../store.ts";
import type { FaultState } from "./state.ts";
import { wait } from "./wait.ts";

/** Messages that no consumer understands: each is given up and put into the dead letter queue. */
export async function sendPoison(queue: Queue, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) await queue.send({ poison: n });
}

/** Real tasks with real executions, faster than the consumer works. */
export async function sendBacklog(queue: Queue, store: Store, count: number): Promise<void> {
  if (count === 0) return;
  const project = await store.createProject({ name: "Backlog" });
  for (let n = 1; n <= count; n += 1) {
    const task = await store.createTask({
      projectId: project.id,
      title: `Backlog ${n}`,
      instructions: "Wait your turn.",
      priority: 5,
    });
    await enqueueExecution(queue, task.id);
  }
}

/** What `queueBacklog` adds to a batch before it is worked on. */
export async function slowDown(batch: MessageBatch, state: FaultState): Promise<void> {
  if (state.now().queueBacklog > 0) await wait(EXTRA_PER_JOB_MS * batch.messages.length);
}

const EXTRA_PER_JOB_MS = 250;
