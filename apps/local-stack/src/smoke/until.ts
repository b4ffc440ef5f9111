import { setTimeout as wait } from "node:timers/promises";

/**
 * Looks again and again until what is seen will do, or the time is up.
 * @returns the last that was seen; a look that throws counts as not yet
 * @throws what the last look threw, when none before it gave anything
 */
export async function until<T>(look: () => Promise<T>, willDo: (seen: T) => boolean, timeoutMs: number): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await look().then(
      (seen) => ({ seen }),
      (error: unknown) => ({ error }),
    );
    if ("seen" in outcome && willDo(outcome.seen)) return outcome.seen;
    if (performance.now() > deadlineMs) {
      if ("seen" in outcome) return outcome.seen;
      throw outcome.error;
    }
    await wait(POLL_MS);
  }
}

const POLL_MS = 250;
