/** One error among the most frequent ones of an outage. */
export interface FrequentError {
  error: string;
  /** Route pattern it happens on, such as `POST /api/tasks`. */
  route?: string;
  /** Occurrences. */
  count?: number;
  /** Share of all failures, from 0 to 1. */
  share?: number;
  /** Epoch ms of its first sighting. */
  firstSeenMs?: number;
  /** Deployed version it was first seen on. */
  version?: string;
}

/** What whoever hosts AlertManager found out about an outage while its first message waited; shown, never decided by. */
export interface Enrichment {
  /** Most frequent first; three are shown. */
  errors?: FrequentError[];
  /** The first thing to do, with its runbook step: `errors began within one minute of a deploy → roll back: wrangler …`. */
  firstCheck?: { runbook?: string; step?: number; text: string };
  /** A sentence about what it costs: `6,200 of 6,703 failures of budget left; at this rate gone in 15 h.` */
  budget?: string;
}
