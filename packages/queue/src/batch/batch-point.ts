import type { PointFields } from "@monotask/telemetry";
import { attemptsOf, sentMsOf, type Backlog } from "./message.ts";
import { percentile, sorted } from "./percentile.ts";

/** What became of one message. `dead`: on its way to the dead letter queue; `poison`: put there by us, with the reason. */
export type MessageEnd = "ok" | "retried" | "dead" | "poison";

/** The data point of a batch. */
export interface BatchResult {
  readonly queue: string;
  readonly hasThrown: boolean;
  readonly elapsedMs: number;
  readonly slowAfterMs: number;
  readonly backlog: Backlog;
  readonly nowMs: number;
  readonly messages: readonly { readonly message: object; readonly durationMs: number }[];
  /** Those that did not end well, or of which the consumer has said that something failed. */
  readonly marked: readonly { readonly end: MessageEnd; readonly fingerprint: string | undefined }[];
}

/** One point for a batch: counts and times of its messages, and what waited behind it. */
export function batchPoint(batch: BatchResult): PointFields<"queue"> {
  const { queue, elapsedMs, messages, marked, nowMs, backlog, slowAfterMs } = batch;
  const ended = { ok: messages.length - marked.length, retried: 0, dead: 0, poison: 0 };
  for (const { end } of marked) ended[end] += 1;
  const durations = new Array<number>(messages.length);
  let oldestMs = nowMs;
  let maxAttempts = 0;
  let slowCount = 0;
  let at = 0;
  for (const { message, durationMs } of messages) {
    oldestMs = Math.min(oldestMs, sentMsOf(message) ?? nowMs);
    maxAttempts = Math.max(maxAttempts, attemptsOf(message));
    if (durationMs > slowAfterMs) slowCount += 1;
    durations[at++] = durationMs;
  }
  const ranked = sorted(durations);
  const deadCount = ended.dead + ended.poison;
  return {
    endpoint: queue,
    queue,
    outcome: batch.hasThrown ? "failed" : deadCount > 0 ? "dead" : ended.retried > 0 ? "retried" : "ok",
    fingerprint: mostFrequent(marked),
    durationMs: elapsedMs,
    queueProcessingTimeMs: elapsedMs,
    batchSize: messages.length,
    okCount: ended.ok,
    retriedCount: ended.retried,
    deadCount,
    poisonCount: ended.poison,
    oldestMessageAgeMs: nowMs - oldestMs,
    processingP50Ms: percentile(ranked, 0.5),
    processingP95Ms: percentile(ranked, 0.95),
    processingMaxMs: ranked.at(-1) ?? 0,
    slowCount,
    maxAttempts,
    backlogCount: backlog.count,
    backlogBytes: backlog.bytes,
    backlogAgeMs: backlog.oldestMs === undefined ? 0 : Math.max(0, nowMs - backlog.oldestMs),
  };
}

function mostFrequent(marked: BatchResult["marked"]): string {
  if (marked.length === 0) return "";
  const counts = new Map<string, number>();
  for (const { fingerprint } of marked) {
    if (fingerprint !== undefined) counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1);
  }
  let best = "";
  for (const [fingerprint, count] of counts) if (count > (counts.get(best) ?? 0)) best = fingerprint;
  return best;
}
