import type { TrafficCounts, Unanswered } from "../traffic/traffic.ts";

/** Requests in all, and those that were bad for availability: answered with 500 or above. */
export interface Book {
  readonly total: number;
  readonly bad: number;
}

/** What the people who sent the requests saw, without asking the monitoring. */
export interface RequestLog {
  readonly sent: number;
  readonly answered: Book;
  readonly unanswered: readonly Unanswered[];
}

/** A time in which killed workers were not up, in epoch ms. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  /** Answered in the moment before: their points may not have been handed over yet. */
  readonly justAnswered: Book;
}

/** Adds up what was sent in one or several runs. */
export function requestLogOf(...counts: readonly TrafficCounts[]): RequestLog {
  return {
    sent: sum(counts.map(({ sent }) => sent)),
    answered: addBooks(...counts.map(answeredBook)),
    unanswered: counts.flatMap(({ unanswered }) => unanswered),
  };
}

/** What has been answered so far. */
export function answeredBook({ byStatus }: TrafficCounts): Book {
  const statuses = Object.entries(byStatus);
  return {
    total: sum(statuses.map(([, count]) => count)),
    bad: sum(statuses.map(([status, count]) => (Number(status) >= 500 ? count : 0))),
  };
}

/** Requests that nobody answered although the workers were up from their beginning to their end. */
export function lostRequests({ unanswered }: RequestLog, outages: readonly Outage[]): readonly Unanswered[] {
  return unanswered.filter(
    ({ sentAtMs, endedAtMs }) => !outages.some(({ fromMs, toMs }) => sentAtMs <= toMs && endedAtMs >= fromMs),
  );
}

export interface Agreement {
  readonly ok: boolean;
  readonly fewest: Book;
  readonly most: Book;
}

/** A flood of errors is thinned, and what is thinned is estimated. */
const SIGMAS = 3;

/**
 * Holds the monitoring's book against the log. Without kills and thinned points they are equal; a request without an answer may have left
 * a point of either kind, and one that was answered just before a kill may have left none.
 * @param sigma standard deviation that thinned points leave in the total, and at most in the bad ones
 */
export function agreementOf(log: RequestLog, outages: readonly Outage[], book: Book, sigma = 0): Agreement {
  const just = addBooks(...outages.map(({ justAnswered }) => justAnswered));
  const margin = Math.ceil(SIGMAS * sigma);
  const fewest = { total: log.answered.total - just.total - margin, bad: log.answered.bad - just.bad - margin };
  const most = { total: log.sent + margin, bad: log.answered.bad + log.unanswered.length + margin };
  const isWithin = (of: keyof Book): boolean => fewest[of] <= book[of] && book[of] <= most[of];
  return { ok: isWithin("total") && isWithin("bad"), fewest, most };
}

function addBooks(...books: readonly Book[]): Book {
  return { total: sum(books.map(({ total }) => total)), bad: sum(books.map(({ bad }) => bad)) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
