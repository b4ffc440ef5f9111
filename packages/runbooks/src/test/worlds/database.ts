import { OK, many } from "./points.ts";
import type { TimedPoint } from "./points.ts";

// What makes queries slow.

export const TABLE_SCAN: readonly TimedPoint[] = many("request", 60, {
  ...OK,
  endpoint: "/api/projects/:id/tasks",
  method: "GET",
  version: "7b0e",
  durationMs: 420,
  dbQueryCount: 1,
  dbQueryTimeMs: 380,
  dbQueryTimeSumMs: 380,
  dbRowsRead: 48_000,
  dbSlowCount: 1,
  dbVerySlowCount: 1,
  kvReads: 1,
});
export const N_PLUS_ONE: readonly TimedPoint[] = many("request", 60, {
  ...OK,
  endpoint: "/api/projects",
  method: "GET",
  durationMs: 300,
  dbQueryCount: 61,
  dbQueryTimeMs: 240,
  dbQueryTimeSumMs: 240,
  dbRowsRead: 61,
});
export const WRITE_LOCK: readonly TimedPoint[] = [
  ...many("request", 60, {
    ...OK,
    endpoint: "/api/import",
    method: "POST",
    durationMs: 2_000,
    dbQueryCount: 4,
    dbQueryTimeMs: 1_900,
    dbQueryTimeSumMs: 1_900,
    dbRowsWritten: 5_000,
    dbVerySlowCount: 2,
    dbErrorCount: 1,
  }),
  ...many("error", 20, {
    severity: "critical",
    category: "database",
    errorName: "Error",
    message: "D1_ERROR: database is locked",
    fingerprint: "fp-lock",
    endpoint: "/api/import",
    method: "POST",
  }),
];
