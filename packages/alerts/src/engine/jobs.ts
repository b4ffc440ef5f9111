import type { ChannelName } from "../routing/routes.ts";
import type { NotificationRecord } from "../model/record.ts";
import { backoffMs } from "./backoff.ts";
import { setChannelLog } from "./decide.ts";
import { record, type Draft } from "./draft.ts";
import type { Outcome } from "./event.ts";
import type { EngineState, Job } from "./state.ts";

/** Hands out every job whose turn it is; each is leased, so that one that never reports back is tried again. */
export function claimJobs(draft: Draft): void {
  for (const job of headJobs(draft.jobs.values())) {
    if (dueAt(job, draft.pausedUntilMs) > draft.nowMs) continue;
    if (job.record.kind === "resolved" && !hasHeard(draft, job)) {
      finish(draft, job, { status: "dropped", detail: "this channel never heard that it fired" });
      continue;
    }
    const sent = { ...job.record, attempts: job.record.attempts + 1 };
    const leased = { ...job, isSending: true, dueAtMs: draft.nowMs + draft.settings.leaseMs, record: sent };
    draft.jobs.set(job.id, leased);
    pauseChannel(draft, job.channel, draft.nowMs + (draft.settings.channelIntervalMs[job.channel] ?? 0));
    draft.effects.push({ kind: "record-delivery", record: sent }, { kind: "deliver", job: leased });
  }
}

/** Takes in what came of an attempt. Returns the job if its channel has now refused the message for good. */
export function takeInOutcome(draft: Draft, jobId: string, outcome: Outcome): Job | undefined {
  const job = draft.jobs.get(jobId);
  // Late word of a job that has been finished or replaced since.
  if (job === undefined) return undefined;
  const verdict = draft.nowMs - job.record.decidedAtMs >= draft.settings.giveUpAfterMs ? givenUp(outcome) : outcome;
  switch (verdict.kind) {
    case "delivered":
      setChannelLog(draft, job.groupKey, job.channel, { hasHeard: job.record.kind === "firing" });
      finish(draft, job, { status: "delivered", deliveredAtMs: draft.nowMs });
      return undefined;
    case "retry":
      retryLater(draft, job, verdict.reason, verdict.afterMs ?? 0);
      return undefined;
    case "permanent":
      // An end that is refused is not tried again after a later outage: that one has an end of its own.
      if (job.record.kind === "resolved") setChannelLog(draft, job.groupKey, job.channel, { hasHeard: false });
      finish(draft, job, { status: "failed", detail: verdict.reason });
      record(draft, "undeliverable", job.groupKey, `${job.channel}: ${verdict.reason}`);
      return job;
  }
}

/** When the next job wants attention, or null when none waits. */
export function nextJobAt(state: EngineState): number | null {
  let nextMs: number | null = null;
  for (const job of headJobs(state.jobs.values())) {
    const atMs = dueAt(job, state.pausedUntilMs);
    if (nextMs === null || atMs < nextMs) nextMs = atMs;
  }
  return nextMs;
}

function retryLater(draft: Draft, job: Job, reason: string, afterMs: number): void {
  const waitMs = Math.max(afterMs, backoffMs(job.id, job.record.attempts, draft.settings.backoffMs));
  const failed = { ...job.record, detail: reason };
  draft.jobs.set(job.id, { ...job, isSending: false, dueAtMs: draft.nowMs + waitMs, record: failed });
  // A peer that names a time means everything we send it, not this message alone.
  if (afterMs > 0) pauseChannel(draft, job.channel, draft.nowMs + afterMs);
  draft.effects.push({ kind: "record-delivery", record: failed });
}

function givenUp(outcome: Outcome): Outcome {
  return outcome.kind === "retry" ? { kind: "permanent", reason: `given up: ${outcome.reason}` } : outcome;
}

function finish(draft: Draft, job: Job, fields: Partial<NotificationRecord>): void {
  const { detail: _lastFailure, ...done } = job.record;
  draft.jobs.delete(job.id);
  draft.touchedGroups.add(job.groupKey);
  draft.effects.push({ kind: "record-delivery", record: { ...done, ...fields } });
}

/** The first job of each group and channel: the others wait for it. */
function headJobs(jobs: Iterable<Job>): Job[] {
  const heads = new Map<string, Job>();
  for (const job of jobs) {
    const queue = `${job.channel} ${job.groupKey}`;
    if (!heads.has(queue)) heads.set(queue, job);
  }
  return [...heads.values()];
}

function dueAt(job: Job, pausedUntilMs: EngineState["pausedUntilMs"]): number {
  return Math.max(job.dueAtMs, pausedUntilMs[job.channel] ?? 0);
}

function pauseChannel(draft: Draft, channel: ChannelName, untilMs: number): void {
  const pausedMs = draft.pausedUntilMs[channel] ?? 0;
  if (untilMs > Math.max(pausedMs, draft.nowMs)) draft.pausedUntilMs = { ...draft.pausedUntilMs, [channel]: untilMs };
}

function hasHeard(draft: Draft, job: Job): boolean {
  return draft.groups.get(job.groupKey)?.channels[job.channel]?.hasHeard ?? false;
}
