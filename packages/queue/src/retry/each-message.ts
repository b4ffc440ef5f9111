import type { QueueBatch, QueueMessage } from "../batch/message.ts";
import { noteStart } from "../batch/starts.ts";
import { retryLater, type RetryOptions } from "./retry-later.ts";

export interface EachMessageOptions extends RetryOptions {
  /** Messages of a batch that are worked on at the same time. At least 1; default 6: what a Worker may hold open in connections. */
  readonly concurrency?: number;
}

/**
 * A batch handler from a handler of one message: acknowledged when it returns, retried with backoff when it throws, unless it has
 * called `ack` or `retry` itself. One bad message never repeats its neighbours.
 * @throws RangeError at once where `concurrency` is no number of at least 1: a batch that nobody works on would count as acknowledged
 */
export function eachMessage<Body, Env, Ctx>(
  handle: (message: QueueMessage<Body>, env: Env, ctx: Ctx) => unknown,
  options: EachMessageOptions = {},
): (batch: QueueBatch<Body>, env: Env, ctx: Ctx) => Promise<void> {
  const { concurrency = 6, ...retry } = options;
  if (!(concurrency >= 1))
    throw new RangeError(`eachMessage: concurrency is ${concurrency}; give a number of at least 1, or leave it out`);
  return async (batch, env, ctx) => {
    const waiting = batch.messages[Symbol.iterator]();
    const work = async (): Promise<void> => {
      for (const message of waiting) {
        noteStart(message);
        try {
          await handle(message, env, ctx);
          message.ack();
        } catch (error) {
          retryLater(message, error, retry);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, batch.messages.length) }, work));
  };
}
