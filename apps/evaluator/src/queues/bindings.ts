import type { QueueSender } from "@monotask/queue";

/** A queue with its dead letter queue, and the bindings that lead to them. */
interface WatchedQueue {
  readonly queue: string;
  readonly deadLetterQueue: string;
  readonly binding: (env: Env) => Queue;
  readonly deadLetterBinding: (env: Env) => Queue;
}

/** Every queue of the system: a new one is a line here and its bindings in wrangler.jsonc. */
const QUEUES: readonly WatchedQueue[] = [
  {
    queue: "agent-jobs",
    deadLetterQueue: "agent-jobs-dlq",
    binding: (env) => env.AGENT_JOBS,
    deadLetterBinding: (env) => env.AGENT_JOBS_DLQ,
  },
];

/** Producer bindings of all queues and dead letter queues, by queue name. */
export function bindingsOf(env: Env): Readonly<Record<string, Queue>> {
  return Object.fromEntries(
    QUEUES.flatMap(({ queue, deadLetterQueue, binding, deadLetterBinding }) => [
      [queue, binding(env)],
      [deadLetterQueue, deadLetterBinding(env)],
    ]),
  );
}

/** The queue that each dead letter queue belongs to. */
export const DEAD_LETTER_SOURCES: Readonly<Record<string, string>> = Object.fromEntries(
  QUEUES.map(({ queue, deadLetterQueue }) => [deadLetterQueue, queue]),
);

/** Where the dead letters of a queue go back to. */
export function senderFor(env: Env, queue: string): QueueSender | undefined {
  return QUEUES.find((each) => each.queue === queue)?.binding(env);
}
