import { propertyOf } from "@monotask/telemetry";

/** Statuses of a peer that may answer otherwise later: timeout, too early, rate limit, and every failure of its own. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];

const PASSING_NAMES: readonly string[] = ["TimeoutError", "AbortError", "NetworkError"];
const PASSING_TEXT =
  /network connection lost|connection (?:reset|refused|closed)|timed? ?out|overloaded|too many requests|fetch failed/i;

/**
 * Whether an error may pass by itself. Such a failure says nothing against the message: it is retried, and never makes it poison.
 * An error may say so itself with a boolean `retryable`.
 */
export function isPassing(error: unknown): boolean {
  const retryable = propertyOf(error, "retryable");
  if (typeof retryable === "boolean") return retryable;
  const status = propertyOf(error, "status") ?? propertyOf(error, "statusCode");
  if (typeof status === "number") return status >= 500 || PASSING_STATUSES.includes(status);
  const name = propertyOf(error, "name");
  if (typeof name === "string" && PASSING_NAMES.includes(name)) return true;
  const message = propertyOf(error, "message");
  return typeof message === "string" && PASSING_TEXT.test(message.slice(0, 1_024));
}
