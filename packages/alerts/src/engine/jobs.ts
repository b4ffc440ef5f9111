import type { NotificationRecord } from "../model/record.ts";
import { channelOf, type Target } from "../model/target.ts";
import { backoffMs } from "./backoff.ts";
import { record, type Draft } from "./draft.ts";
import type { Outcome } from "./event.ts";
import { isLate, sumUpLate } from "./late.ts";
import { saidOf, setChannelLog, waitsSinceMs } from "./queue.ts";
import type { EngineState, Job } from "./state.ts";

/** Longest time that a peer can send everything away for: whoever asks for more is asked again, and is given up in the end. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Hands out every job whose turn it is; each is leased, so that one that never reports back is tried again. */
export function claimJobs(draft: Draft): void {
  sumUpLate(draft, dueJobs(draft));
  for (const job of dueJobs(draft)) {
    // Another job of this target may have gone out in this very step.
    if (dueAt(job, draft.pausedUntilMs) > draft.nowMs) continue;
    if (job.record.kind === "resolved" && !hasHeard(draft, job)) {
      finish(draft, job, { status: "dropped", detail: "this channel never heard that it fired" });
      continue;
    }
    const sent = { ...job.record, attempts: job.record.attempts + 1 };
    const leased = {
      ...job,
      ...wordingOf(job, draft),
      isSending: true,
      dueAtMs: draft.nowMs + draft.settings.leaseMs,
      record: sent,
    };
    draft.jobs.set(job.id, leased);
    pauseTarget(draft, job.channel, draft.nowMs + (draft.settings.channelIntervalMs[channelOf(job.channel)] ?? 0));
    const late = leased.lateAtMs !== undefined && { lateSinceMs: job.record.decidedAtMs };
    draft.effects.push({ kind: "record-delivery", record: sent }, { kind: "deliver", job: leased, ...late });
  }
}

/** Whether the message says that it is late. One that its peer may have taken already is said again to the letter. */
function wordingOf(job: Job, draft: Draft): Pick<Job, "mayBeTaken" | "lateAtMs"> {
  // A lease that ended without an outcome: the answer was lost, or never came.
  if (job.isSending || job.mayBeTaken) return { mayBeTaken: true };
  if (job.record.kind === "digest" || !isLate(job, draft)) return {};
  return { lateAtMs: job.lateAtMs ?? draft.nowMs };
}

function dueJobs(draft: Draft): Job[] {
  return headJobs(draft.jobs.values()).filter((job) => dueAt(job, draft.pausedUntilMs) <= draft.nowMs);
}

/** Takes in what came of an attempt. Returns the job if its channel has now refused the message for good. */
export function takeInOutcome(draft: Draft, jobId: string, outcome: Outcome): Job | undefined {
  const job = draft.jobs.get(jobId);
  // Late word of a job that has been finished or replaced since.
  if (job === undefined) return undefined;
  const verdict = draft.nowMs - waitsSinceMs(job) >= draft.settings.giveUpAfterMs ? givenUp(outcome) : outcome;
  switch (verdict.kind) {
    case "delivered":
      noteHeard(draft, job);
      finish(draft, job, { status: "delivered", deliveredAtMs: draft.nowMs });
      return undefined;
    case "retry":
      retryLater(draft, job, verdict.reason, verdict.afterMs ?? 0);
      return undefined;
    case "permanent":
      // An end that is refused is not tried again after a later outage: that one has an end of its own.
      for (const { groupKey, kind } of saidOf(job)) {
        if (kind === "resolved") setChannelLog(draft, groupKey, job.channel, { hasHeard: false });
      }
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

function retryLater(draft: Draft, job: Job, reason: string, askedMs: number): void {
  const afterMs = Math.min(askedMs, LONGEST_PAUSE_MS);
  const waitMs = Math.max(afterMs, backoffMs(job.id, job.record.attempts, draft.settings.backoffMs));
  const failed = { ...job.record, detail: reason };
  draft.jobs.set(job.id, { ...job, isSending: false, dueAtMs: draft.nowMs + waitMs, record: failed });
  // A peer that names a time means everything we send it, not this message alone.
  if (afterMs > 0) pauseTarget(draft, job.channel, draft.nowMs + afterMs);
  draft.effects.push({ kind: "record-delivery", record: failed });
}

function givenUp(outcome: Outcome): Outcome {
  return outcome.kind === "retry" ? { kind: "permanent", reason: `given up: ${outcome.reason}` } : outcome;
}

function finish(draft: Draft, job: Job, fields: Partial<NotificationRecord>): void {
  const { detail: _lastFailure, ...done } = job.record;
  draft.jobs.delete(job.id);
  for (const { groupKey } of saidOf(job)) draft.touchedGroups.add(groupKey);
  draft.effects.push({ kind: "record-delivery", record: { ...done, ...fields } });
}

/** What the target knows now of the groups that the job spoke for. */
function noteHeard(draft: Draft, job: Job): void {
  for (const { groupKey, kind } of saidOf(job)) {
    if (kind === "firing" || kind === "resolved") setChannelLog(draft, groupKey, job.channel, { hasHeard: kind === "firing" });
  }
}

/** The first job of each group and target: the others wait for it. */
function headJobs(jobs: Iterable<Job>): Job[] {
  const taken = new Set<string>();
  const heads: Job[] = [];
  for (const job of jobs) {
    const queues = saidOf(job).map(({ groupKey }) => `${job.channel} ${groupKey}`);
    if (!queues.some((queue) => taken.has(queue))) heads.push(job);
    for (const queue of queues) taken.add(queue);
  }
  return heads;
}

function dueAt(job: Job, pausedUntilMs: EngineState["pausedUntilMs"]): number {
  return Math.max(job.dueAtMs, pausedUntilMs[job.channel] ?? 0);
}

function pauseTarget(draft: Draft, target: Target, untilMs: number): void {
  const pausedMs = draft.pausedUntilMs[target] ?? 0;
  if (untilMs > Math.max(pausedMs, draft.nowMs)) draft.pausedUntilMs = { ...draft.pausedUntilMs, [target]: untilMs };
}

function hasHeard(draft: Draft, job: Job): boolean {
  return saidOf(job).some(({ groupKey }) => draft.groups.get(groupKey)?.channels[job.channel]?.hasHeard);
}
