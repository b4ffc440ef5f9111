import type { KnownExclusion } from "@monotask/slo";

/** What an exclusion that was added later took out of the past, for ever on record. */
export interface Recomputed {
  readonly slo: string;
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly reason: string;
  readonly by: string;
  /** When the past was recomputed. */
  readonly minute: number;
  /** Events that were left out, and those of them that had counted as bad. */
  readonly total: number;
  readonly bad: number;
}

/** The exclusions of every SLO that the stored slices already go by, with those that have left the file since. */
export type KnownExclusions = Readonly<Record<string, readonly KnownExclusion[]>>;
