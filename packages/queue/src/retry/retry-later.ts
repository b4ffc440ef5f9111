import { attemptsOf, type QueueMessage } from "../batch/message.ts";
import { noteFailure } from "../failure/failure.ts";
import { retryAfterMsOf } from "../failure/retry-after.ts";
import { backoffSeconds, type Backoff } from "./backoff.ts";

export interface RetryOptions extends Backoff {
  /** Uniform in [0, 1). */
  readonly random?: () => number;
  /** Epoch milliseconds now, for peers that name a date. */
  readonly nowMs?: number;
}

/**
 * Retries a message with backoff and jitter, not before a peer's `Retry-After`, and tells the monitoring why it failed.
 * @param error what the attempt threw; a `Retry-After` on it is obeyed
 * @returns the seconds it waits
 */
export function retryLater(message: QueueMessage, error: unknown, options: RetryOptions = {}): number {
  const { random, nowMs = Date.now(), ...backoff } = options;
  noteFailure(message, error);
  const delaySeconds = backoffSeconds(attemptsOf(message), backoff, retryAfterMsOf(error, nowMs), random);
  message.retry({ delaySeconds });
  return delaySeconds;
}

/**
 * Gives a message up that no further attempt can help, such as one whose body nobody understands. Under `monitorQueue` with a dead
 * letter queue bound it goes there at once with the reason; otherwise it runs out of its retries without losing time.
 */
export function giveUp(message: QueueMessage, error: unknown): void {
  noteFailure(message, error, true);
  message.retry({ delaySeconds: 0 });
}
