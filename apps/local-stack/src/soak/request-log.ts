import type { TrafficCounts } from "../traffic/traffic.ts";

/** What the people who sent the requests saw, without asking the monitoring. */
export interface RequestLog {
  readonly sent: number;
  /** Answered with 500 or above: bad for availability. */
  readonly bad: number;
  /** Without a whole answer, as when the workers were killed under it. */
  readonly unanswered: number;
}

export function requestLogOf(...counts: readonly TrafficCounts[]): RequestLog {
  const logs = counts.map(({ sent, byStatus, failed }) => {
    const bad = Object.entries(byStatus).reduce((sum, [status, count]) => sum + (Number(status) >= 500 ? count : 0), 0);
    return { sent, bad, unanswered: failed };
  });
  return {
    sent: logs.reduce((sum, log) => sum + log.sent, 0),
    bad: logs.reduce((sum, log) => sum + log.bad, 0),
    unanswered: logs.reduce((sum, log) => sum + log.unanswered, 0),
  };
}

/**
 * How far the monitoring's own books are from the log. A request that was killed half way may stand in either column or in none, and so
 * may its point: each book may differ by as many.
 * @param killed requests that a killed process took with it
 */
export function booksAgree(
  log: RequestLog,
  slo: { readonly total: number; readonly bad: number },
  killed: number,
): { readonly ok: boolean; readonly totalOff: number; readonly badOff: number } {
  const [totalOff, badOff] = [slo.total - log.sent, slo.bad - log.bad];
  return { ok: Math.abs(totalOff) <= killed && Math.abs(badOff) <= killed, totalOff, badOff };
}
