/** Time spent in calls of one kind, of which several may run at once. */
export interface CallMeter {
  /** Runs a call and measures it until it settles; its value or error passes through. */
  measure<T>(call: () => T | Promise<T>): Promise<T>;
  /** Milliseconds in which at least one call ran (union of intervals). A call that still runs counts up to now. */
  unionMs(): number;
  /** Milliseconds of all calls added up. */
  sumMs(): number;
  readonly count: number;
  /** Calls that threw or rejected. */
  readonly failedCount: number;
  /** Calls that have ended and took `thresholdMs` or longer; one of the thresholds the meter was made with. */
  slowCount(thresholdMs: number): number;
}

/**
 * @param nowMs a real, monotonic clock in milliseconds
 * @param slowThresholdsMs durations whose reaching is counted call by call
 */
export function createCallMeter(nowMs: () => number, slowThresholdsMs: readonly number[] = []): CallMeter {
  const slowCounts = new Map<number, number>(slowThresholdsMs.map((thresholdMs) => [thresholdMs, 0]));
  let count = 0;
  let failedCount = 0;
  let running = 0;
  let busySinceMs = 0;
  let unionMs = 0;
  let sumMs = 0;
  let lastChangeMs = 0;

  /** Adds up what passed since the last change: `running` calls each spent that time. */
  function advance(): void {
    const now = nowMs();
    sumMs += running * (now - lastChangeMs);
    lastChangeMs = now;
  }

  return {
    async measure(call) {
      advance();
      if (running === 0) busySinceMs = lastChangeMs;
      const startedMs = lastChangeMs;
      running += 1;
      count += 1;
      try {
        return await call();
      } catch (error) {
        failedCount += 1;
        throw error;
      } finally {
        advance();
        running -= 1;
        for (const [thresholdMs, slow] of slowCounts) {
          if (lastChangeMs - startedMs >= thresholdMs) slowCounts.set(thresholdMs, slow + 1);
        }
        if (running === 0) unionMs += lastChangeMs - busySinceMs;
      }
    },
    unionMs: () => unionMs + (running > 0 ? nowMs() - busySinceMs : 0),
    sumMs: () => sumMs + running * (nowMs() - lastChangeMs),
    get count() {
      return count;
    },
    get failedCount() {
      return failedCount;
    },
    slowCount: (thresholdMs) => slowCounts.get(thresholdMs) ?? 0,
  };
}
