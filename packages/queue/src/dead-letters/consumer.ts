import type { Clock } from "@monotask/telemetry";
import type { QueueBatch, QueueMessage } from "../batch/message.ts";
import { retryLater } from "../retry/retry-later.ts";
import { letterOf } from "./letter.ts";
import type { LetterStore } from "./store.ts";

export interface DeadLetterConsumerOptions {
  readonly store: LetterStore;
  readonly clock: Clock;
  /** The queue that each dead letter queue belongs to. One that is not named is taken for its own name without `-dlq`. */
  readonly sources?: Readonly<Record<string, string>>;
  /** Unresolved letters beyond which no more are stored: they wait in the dead letter queue. Default 50,000. */
  readonly maxUnresolved?: number;
}

const DEFAULT_MAX_UNRESOLVED = 50_000;
/** A full store is looked at again this often, while the platform keeps the messages. */
const FULL_RETRY = { firstSeconds: 600, longestSeconds: 3_600 };

/**
 * A consumer of dead letter queues: every message is stored once by queue and id and only then acknowledged. What cannot be stored
 * stays in the dead letter queue.
 */
export function createDeadLetterConsumer(options: DeadLetterConsumerOptions): (batch: QueueBatch) => Promise<void> {
  const { store, clock, sources = {}, maxUnresolved = DEFAULT_MAX_UNRESOLVED } = options;
  return async (batch) => {
    const source = Object.hasOwn(sources, batch.queue) ? sources[batch.queue] : undefined;
    const queue = source ?? batch.queue.replace(/-(?:dlq|dead-letters?)$/, "");
    const unresolved = await store.count({}, ["stored", "redriving", "uncertain"]).catch(() => 0);
    if (unresolved >= maxUnresolved) {
      const full = new Error(`the dead letter store is full (${unresolved}): redrive or drop letters with monotask queue dlq`);
      for (const message of batch.messages) retryLater(message, full, FULL_RETRY);
      return;
    }
    const { messages } = batch;
    const nowMs = clock.now();
    if (await isStored(messages, queue, nowMs)) for (const message of messages) message.ack();
    // Each on its own then: one that cannot be stored must not keep the others away.
    else for (const message of messages) await storeAlone(message, queue, nowMs);
  };

  async function isStored(messages: readonly QueueMessage[], queue: string, nowMs: number): Promise<boolean> {
    try {
      await store.put(
        messages.map((message) => letterOf(message, queue)),
        nowMs,
      );
      return true;
    } catch {
      return false;
    }
  }

  async function storeAlone(message: QueueMessage, queue: string, nowMs: number): Promise<void> {
    try {
      await store.put([letterOf(message, queue)], nowMs);
    } catch (error) {
      retryLater(message, error, { firstSeconds: 10 });
      return;
    }
    message.ack();
  }
}
