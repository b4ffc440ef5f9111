import type { PointFields } from "@monotask/telemetry";
import { attemptsOf, sentMsOf, type Backlog } from "./message.ts";
import { percentile } from "./percentile.ts";

/** What became of one message. `dead`: on its way to the dead letter queue; `poison`: put there by us, with the reason. */
export interface MessageResult {
  readonly message: object;
  readonly kind: "ok" | "retried" | "dead" | "poison";
  readonly durationMs: number;
  readonly fingerprint?: string;
}

/** The data point of a batch. */
export interface BatchResult {
  readonly queue: string;
  readonly hasThrown: boolean;
  readonly elapsedMs: number;
  readonly slowAfterMs: number;
  readonly backlog: Backlog;
  readonly nowMs: number;
  readonly messages: readonly MessageResult[];
}

/** One point for a batch: counts and times of its messages, and what waited behind it. */
export function batchPoint(batch: BatchResult): PointFields<"queue"> {
  const { queue, elapsedMs, messages, nowMs, backlog } = batch;
  const counts = { ok: 0, retried: 0, dead: 0, poison: 0 };
  let oldestMs = nowMs;
  let maxAttempts = 0;
  let slowCount = 0;
  for (const { message, kind, durationMs } of messages) {
    counts[kind] += 1;
    oldestMs = Math.min(oldestMs, sentMsOf(message) ?? nowMs);
    maxAttempts = Math.max(maxAttempts, attemptsOf(message));
    if (durationMs > batch.slowAfterMs) slowCount += 1;
  }
  const durations = messages.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const deadCount = counts.dead + counts.poison;
  return {
    endpoint: queue,
    queue,
    outcome: batch.hasThrown ? "failed" : deadCount > 0 ? "dead" : counts.retried > 0 ? "retried" : "ok",
    fingerprint: mostFrequent(messages),
    durationMs: elapsedMs,
    queueProcessingTimeMs: elapsedMs,
    batchSize: messages.length,
    okCount: counts.ok,
    retriedCount: counts.retried,
    deadCount,
    poisonCount: counts.poison,
    oldestMessageAgeMs: nowMs - oldestMs,
    processingP50Ms: percentile(durations, 0.5),
    processingP95Ms: percentile(durations, 0.95),
    processingMaxMs: durations.at(-1) ?? 0,
    slowCount,
    maxAttempts,
    backlogCount: backlog.count,
    backlogBytes: backlog.bytes,
    backlogAgeMs: backlog.oldestMs === undefined ? 0 : Math.max(0, nowMs - backlog.oldestMs),
  };
}

function mostFrequent(messages: readonly MessageResult[]): string {
  const counts = new Map<string, number>();
  for (const { fingerprint } of messages) {
    if (fingerprint !== undefined) counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1);
  }
  let best = "";
  for (const [fingerprint, count] of counts) if (count > (counts.get(best) ?? 0)) best = fingerprint;
  return best;
}
