import { many } from "./points.ts";
import type { TimedPoint } from "./points.ts";

// What fills a queue.

export const QUEUE_FULL: readonly TimedPoint[] = [
  ...many("gauge", 60, { name: "queue_depth", subject: "agent-jobs", value: 740 }),
  ...many("queue", 20, {
    queue: "agent-jobs",
    outcome: "ok",
    batchSize: 10,
    okCount: 10,
    processingP95Ms: 9_000,
    processingMaxMs: 14_000,
    slowCount: 8,
    maxAttempts: 1,
    backlogCount: 740,
    backlogAgeMs: 900_000,
    durationMs: 60_000,
    dbQueryTimeMs: 300,
  }),
];

export const QUEUE_POISON: readonly TimedPoint[] = [
  ...many("queue", 30, {
    queue: "agent-jobs",
    outcome: "dead",
    batchSize: 10,
    okCount: 2,
    retriedCount: 6,
    deadCount: 2,
    poisonCount: 1,
    maxAttempts: 4,
    fingerprint: "fp-poison",
    backlogCount: 180,
    backlogAgeMs: 600_000,
    durationMs: 3_000,
  }),
  ...many("error", 30, {
    severity: "critical",
    category: "queue",
    errorName: "SyntaxError",
    message: "Unexpected token in job body",
    fingerprint: "fp-poison",
  }),
];
