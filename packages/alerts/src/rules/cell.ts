/** What was counted for one worker, endpoint and minute. Absent figures are 0; a gauge that was not written is absent. */
export interface MinuteCell {
  /** Minutes since 1970, UTC. */
  readonly minute: number;
  readonly worker: string;
  readonly environment: string;
  readonly team: string;
  readonly endpoint: string;
  /** Queue, sandbox pool or error category. */
  readonly subject: string;
  readonly requests?: number;
  readonly errors?: number;
  readonly timeouts?: number;
  /** Requests by the lower bound of their duration: of the thresholds in use the largest that it reaches, 0 below all. */
  readonly fromMs?: number;
  readonly statuses?: Readonly<Record<number, number>>;
  readonly queries?: number;
  readonly failedQueries?: number;
  /** Queries of 50 ms, and of 100 ms, and longer. */
  readonly slowQueries?: number;
  readonly verySlowQueries?: number;
  readonly executions?: number;
  readonly executionTimeouts?: number;
  readonly queueDepth?: number;
  readonly sandboxesActive?: number;
  readonly errorCount?: number;
}

/** Durations at which database queries are counted apart, ms (columns dbSlowCount and dbVerySlowCount). */
export const QUERY_THRESHOLDS_MS: readonly number[] = [50, 100];
