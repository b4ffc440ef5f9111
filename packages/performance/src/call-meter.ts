/** The specification's objectives for database queries, P95 < 50 ms and P99 < 100 ms: what reaches them is counted call by call. */
const SLOW_MS = 50;
const VERY_SLOW_MS = 100;

/** Time spent in calls of one kind, of which several may run at once. */
export class CallMeter {
  /** Calls that have begun. */
  count = 0;
  /** Calls that threw or rejected. */
  failedCount = 0;
  /** Calls that have ended and took 50 ms or longer. */
  slowCount = 0;
  /** Calls that have ended and took 100 ms or longer. */
  verySlowCount = 0;
  readonly #nowMs: () => number;
  #running = 0;
  #busySinceMs = 0;
  #unionMs = 0;
  #sumMs = 0;
  #lastChangeMs = 0;

  /** @param nowMs a real, monotonic clock in milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Begins `calls` calls that run as one, such as a batch; gives the moment, for `end`. */
  begin(calls = 1): number {
    this.#advance();
    if (this.#running === 0) this.#busySinceMs = this.#lastChangeMs;
    this.#running += 1;
    this.count += calls;
    return this.#lastChangeMs;
  }

  /** Ends what began at `startedMs`; gives its milliseconds. */
  end(startedMs: number, hasFailed: boolean): number {
    this.#advance();
    this.#running -= 1;
    const durationMs = this.#lastChangeMs - startedMs;
    if (hasFailed) this.failedCount += 1;
    if (durationMs >= SLOW_MS) this.slowCount += 1;
    if (durationMs >= VERY_SLOW_MS) this.verySlowCount += 1;
    if (this.#running === 0) this.#unionMs += this.#lastChangeMs - this.#busySinceMs;
    return durationMs;
  }

  /** Runs a call and measures it until it settles; its value or error passes through. */
  async measure<T>(call: () => T | Promise<T>): Promise<T> {
    const startedMs = this.begin();
    let hasFailed = true;
    try {
      const value = await call();
      hasFailed = false;
      return value;
    } finally {
      this.end(startedMs, hasFailed);
    }
  }

  /** Milliseconds in which at least one call ran (union of intervals). A call that still runs counts up to now. */
  unionMs(): number {
    return this.#unionMs + (this.#running > 0 ? this.#nowMs() - this.#busySinceMs : 0);
  }

  /** Milliseconds of all calls added up. */
  sumMs(): number {
    return this.#sumMs + this.#running * (this.#nowMs() - this.#lastChangeMs);
  }

  /** Adds up what passed since the last change: `running` calls each spent that time. */
  #advance(): void {
    const now = this.#nowMs();
    this.#sumMs += this.#running * (now - this.#lastChangeMs);
    this.#lastChangeMs = now;
  }
}
