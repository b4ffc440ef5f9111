import { OK, many } from "./points.ts";
import type { TimedPoint } from "./points.ts";

/** An hour without a fault: every kind speaks, nothing is wrong. */
export function healthy(): TimedPoint[] {
  return [
    ...many("request", 100, {
      ...OK,
      endpoint: "/api/tasks",
      method: "GET",
      durationMs: 60,
      dbQueryCount: 2,
      dbQueryTimeMs: 12,
      dbQueryTimeSumMs: 12,
      dbRowsRead: 40,
      kvReads: 2,
      kvHits: 2,
      externalApiTimeMs: 20,
    }),
    ...many("request", 50, {
      ...OK,
      endpoint: "/api/tasks",
      method: "POST",
      durationMs: 70,
      dbQueryCount: 2,
      dbQueryTimeMs: 14,
      dbQueryTimeSumMs: 14,
      dbRowsRead: 2,
      dbRowsWritten: 1,
    }),
    ...many("external", 60, { host: "api.github.com", outcome: "ok", durationMs: 120 }),
    ...many("invocation", 100, { eventType: "fetch", outcome: "ok", cpuMs: 4, durationMs: 60 }),
    ...many("queue", 30, {
      queue: "agent-jobs",
      outcome: "ok",
      batchSize: 10,
      okCount: 10,
      processingP95Ms: 400,
      processingMaxMs: 600,
      maxAttempts: 1,
      backlogCount: 3,
      backlogAgeMs: 2_000,
      durationMs: 500,
      dbQueryTimeMs: 50,
    }),
    ...many("gauge", 30, { name: "queue_depth", subject: "agent-jobs", value: 3 }),
    ...many("gauge", 30, { name: "sandbox_active", subject: "agents", value: 4 }),
    ...(["acquired", "provisioned", "executed", "destroyed"] as const).flatMap((event) =>
      many("sandbox", 20, {
        event,
        outcome: event === "executed" ? "ok" : "",
        pool: "agents",
        owner: "task-1",
        sandboxId: "sb-1",
        provisionMs: 700,
        execMs: 5_000,
        activeCount: 4,
        capacity: 20,
        attempt: 1,
      }),
    ),
  ];
}
