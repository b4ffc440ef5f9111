import type { Scope } from "../scope/scope.ts";
import { bridgeToSpan } from "../trace/bridge.ts";

/** What runs in a worker besides requests and batches. */
export type JobEvent = "scheduled" | "email" | "tail" | "alarm" | "rpc" | "websocket" | "workflow";

/** Events that are rare and each matter: all are kept. */
const ALWAYS_KEPT: readonly JobEvent[] = ["scheduled", "email", "alarm", "workflow"];

/**
 * Decides the point of a job, once, and writes it if it is kept.
 * @param endpoint what ran: the cron, `Class.method`, the workflow's step
 */
export function recordJob(scope: Scope, event: JobEvent, endpoint: string, hasThrown: boolean): void {
  if (scope.isRecorded) return;
  scope.isRecorded = true;
  const durationMs = scope.host.nowMs() - scope.startedMs;
  const isCritical = scope.isCritical || ALWAYS_KEPT.includes(event);
  const decision = scope.host.sampler.decide({ statusCode: 0, durationMs, hasThrown, isCritical });
  if (!decision) return;
  const fields = {
    requestId: (scope.requestId ??= crypto.randomUUID()),
    endpoint,
    event,
    outcome: hasThrown ? "exception" : "ok",
    kept: decision.reason,
    durationMs,
    sampleWeight: decision.weight,
    ...scope.usage.fields(),
  };
  scope.writer.write("job", fields);
  bridgeToSpan(scope.ctx, fields);
}
