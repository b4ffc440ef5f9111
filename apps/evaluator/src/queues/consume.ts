import { monitorQueue } from "@monotask/queue";
import { createDeadLetterConsumer } from "@monotask/queue/dead-letters";
import { readSettings } from "@monotask/telemetry";
import { DEAD_LETTER_SOURCES } from "./bindings.ts";
import { letterStore } from "./desk.ts";

/** Stores what arrives in the dead letter queues. */
export const consumeDeadLetters: (batch: MessageBatch, env: Env, ctx: ExecutionContext) => Promise<void> = monitorQueue(
  (batch: MessageBatch, env: Env, _ctx: ExecutionContext) => {
    const { clock } = readSettings(env);
    return createDeadLetterConsumer({ store: letterStore(env), clock, sources: DEAD_LETTER_SOURCES })(batch);
  },
  { workerName: "monotask-evaluator", maxRetries: 100 },
);
