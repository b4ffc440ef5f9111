/** How the wait before the next attempt grows. */
export interface Backoff {
  /** Longest wait after the first failure. Default 2. */
  readonly firstSeconds?: number;
  /** Longest wait at all, at most the platform's 12 hours. Default 3,600. */
  readonly longestSeconds?: number;
}

/** Longest delay that a queue takes. Source: Cloudflare docs, queues/platform/limits. */
export const MAX_DELAY_SECONDS = 43_200;

const DEFAULTS = { firstSeconds: 2, longestSeconds: 3_600 };

/**
 * Whole seconds to wait before the next attempt: doubled with each attempt up to the longest, of which the upper half is drawn at
 * random, so that messages that failed together do not come back together. Never sooner than a peer asked for, and then spread over
 * a tenth more.
 * @param attempts deliveries so far, at least 1
 * @param retryAfterMs what a peer asked for
 * @param random uniform in [0, 1)
 */
export function backoffSeconds(
  attempts: number,
  backoff: Backoff = {},
  retryAfterMs = 0,
  random: () => number = Math.random,
): number {
  const firstSeconds = durationOr(backoff.firstSeconds, DEFAULTS.firstSeconds);
  const longest = Math.min(durationOr(backoff.longestSeconds, DEFAULTS.longestSeconds), MAX_DELAY_SECONDS);
  const ceiling = Math.min(firstSeconds * 2 ** Math.min(Math.max(attempts, 1) - 1, 30), longest);
  const share = random();
  const own = ceiling / 2 + (ceiling / 2) * share;
  const asked = (retryAfterMs / 1_000) * (1 + share / 10);
  return Math.min(MAX_DELAY_SECONDS, Math.ceil(Math.max(own, asked)));
}

/** A queue refuses a delay that is no number, and the batch would fail as a whole. */
function durationOr(seconds: number | undefined, otherwise: number): number {
  return seconds !== undefined && seconds >= 0 ? seconds : otherwise;
}
