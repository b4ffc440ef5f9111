import { many } from "./points.ts";
import type { TimedPoint } from "./points.ts";

// What hurts requests: a broken deploy, upstreams, rate limits, kills.

export const BROKEN_DEPLOY: readonly TimedPoint[] = [
  ...many("request", 60, {
    statusCode: "500",
    outcome: "error",
    endpoint: "/api/tasks",
    method: "POST",
    version: "3f2a",
    durationMs: 30,
    dbQueryCount: 1,
  }),
  ...many("error", 60, {
    severity: "critical",
    category: "database",
    errorName: "Error",
    message: "D1_ERROR: no such column: priority",
    fingerprint: "fp-column",
    endpoint: "/api/tasks",
    method: "POST",
    version: "3f2a",
  }),
  ...many("error", 6, {
    severity: "critical",
    category: "unknown",
    errorName: "TypeError",
    message: "undefined is not a function",
    fingerprint: "fp-type",
    endpoint: "/api/x",
    method: "GET",
    version: "3f2a",
  }),
];

export const UPSTREAM_DOWN: readonly TimedPoint[] = [
  ...many("external", 200, { host: "api.anthropic.com", outcome: "error", durationMs: 30_000 }),
  ...many("external", 20, { host: "api.anthropic.com", outcome: "timeout", durationMs: 30_000 }),
  ...many("error", 40, {
    severity: "warning",
    category: "external-api",
    errorName: "FetchError",
    message: "api.anthropic.com answered 529",
    fingerprint: "fp-claude",
    endpoint: "/api/agents/:id/execute",
    method: "POST",
  }),
];

export const RATE_LIMITED: readonly TimedPoint[] = many("request", 80, {
  statusCode: "429",
  outcome: "client_error",
  endpoint: "/api/projects",
  method: "GET",
  durationMs: 2,
});
export const UPSTREAM_LIMITS: readonly TimedPoint[] = many("external", 40, {
  host: "api.github.com",
  outcome: "error",
  statusCode: "429",
  durationMs: 90,
});
export const TYPE_ERROR: readonly TimedPoint[] = many("error", 40, {
  severity: "critical",
  category: "unknown",
  errorName: "TypeError",
  message: "Cannot read properties of undefined (reading 'id')",
  fingerprint: "fp-type",
  endpoint: "/api/tasks",
  method: "GET",
  version: "9c1d",
});

export const CPU_KILLED: readonly TimedPoint[] = [
  ...many("invocation", 40, { eventType: "fetch", outcome: "exceededCpu", cpuMs: 30_000, durationMs: 30_100, version: "5e5e" }),
  ...many("request", 40, {
    statusCode: "200",
    outcome: "ok",
    endpoint: "/api/reports/:id",
    method: "GET",
    durationMs: 2_400,
    dbQueryTimeMs: 100,
    externalApiTimeMs: 0,
    version: "5e5e",
  }),
];
export const UPSTREAM_SLOW: readonly TimedPoint[] = [
  ...many("request", 60, {
    statusCode: "504",
    outcome: "error",
    endpoint: "/api/agents/:id/execute",
    method: "POST",
    durationMs: 30_000,
    externalApiTimeMs: 29_000,
  }),
  ...many("external", 60, { host: "api.anthropic.com", outcome: "timeout", durationMs: 29_000 }),
  ...many("invocation", 60, { eventType: "fetch", outcome: "exceededWallTime", cpuMs: 6, durationMs: 30_000 }),
  ...many("error", 60, {
    severity: "warning",
    category: "timeout",
    errorName: "TimeoutError",
    message: "api.anthropic.com gave no answer within 29 s",
    fingerprint: "fp-timeout",
    endpoint: "/api/agents/:id/execute",
    operation: "agent execution",
  }),
];
