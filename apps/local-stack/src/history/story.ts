/** What happened in the invented month: told once, so that every panel agrees on it. Times are days before its end. */
export interface Moment {
  /** 1 on the mean of a day. */
  readonly load: number;
  /** Share of requests that fail on our side. */
  readonly failing: number;
  /** Factor on the time of database queries. */
  readonly slowDatabase: number;
  /** Messages waiting. */
  readonly backlog: number;
  readonly deadLetters: number;
  readonly version: string;
}

const DAY_MS = 86_400_000;
const USUAL_FAILING = 0.0004;

/** The month at a moment. `ageMs` counts back from its end. */
export function momentAt(atMs: number, ageMs: number): Moment {
  const ageDays = ageMs / DAY_MS;
  const isWithin = (fromDays: number, lengthMinutes: number): boolean =>
    ageDays <= fromDays && ageDays > fromDays - lengthMinutes / 1_440;
  const hour = (atMs / 3_600_000) % 24;
  const day = new Date(atMs).getUTCDay();
  const weekend = day === 0 || day === 6 ? 0.55 : 1;
  const load = weekend * (1 - 0.6 * Math.cos((2 * Math.PI * (hour - 2)) / 24));
  // A deploy six days ago broke a route for 25 minutes; one day ago the database was slow for two hours.
  const isBroken = isWithin(6, 25);
  const isSlow = isWithin(1.2, 120);
  const isQueueStuck = isWithin(12, 90) || isWithin(0.4, 25);
  return {
    load,
    failing: isBroken ? 0.22 : isWithin(19, 8) ? 0.06 : USUAL_FAILING,
    slowDatabase: isSlow ? 6 : 1,
    backlog: Math.round((isQueueStuck ? 180 : 4) * load),
    deadLetters: ageDays < 12 ? (ageDays < 5 ? 0 : 7) : 0,
    version: ageDays > 14 ? "synthetic-a1" : ageDays > 6 ? "synthetic-b2" : ageDays > 5.9 ? "synthetic-c3" : "synthetic-d4",
  };
}
