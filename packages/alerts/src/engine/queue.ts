import type { DeliveryStatus, NotificationRecord } from "../model/record.ts";
import type { Target } from "../model/target.ts";
import type { Notification } from "../notification/notification.ts";
import { headline } from "../notification/words.ts";
import type { Draft } from "./draft.ts";
import type { Covered, Job } from "./state.ts";

/**
 * Puts a message into a target's queue. News replace older news of the group that wait there: they say all of it and more. They
 * are tried at once, with the failures of the older ones counted in the waits that follow.
 */
export function enqueue(draft: Draft, notification: Notification, target: Target, covers: Covered[] = [], attempts = 0): void {
  const replaces = notification.kind === "firing" ? replaceable(draft, notification.groupKey, target) : undefined;
  if (replaces) dropJob(draft, replaces, `replaced by ${notification.id}`);
  draft.lastOrder += 1;
  const id = `${notification.id}/${target}`;
  draft.jobs.set(id, {
    id,
    notificationId: notification.id,
    groupKey: notification.groupKey,
    channel: target,
    ...(covers.length > 0 && { covers }),
    order: draft.lastOrder,
    dueAtMs: draft.nowMs,
    isSending: false,
    ...(replaces && { waitsSinceMs: waitsSinceMs(replaces) }),
    record: recordDelivery(draft, notification, target, "pending", undefined, replaces?.record.attempts ?? attempts),
  });
}

/** Takes a job out of its queue because another one says what it was to say. */
export function dropJob(draft: Draft, job: Job, detail: string): void {
  draft.jobs.delete(job.id);
  draft.effects.push({ kind: "record-delivery", record: { ...job.record, status: "dropped", detail } });
}

/** True while something for the group waits for the target. */
export function hasQueuedJob(draft: Draft, groupKey: string, target: Target): boolean {
  for (const job of draft.jobs.values()) if (job.channel === target && speaksFor(job, groupKey)) return true;
  return false;
}

/** Since when its target has taken nothing of what the job says, or said in other words before (epoch ms). */
export function waitsSinceMs(job: Job): number {
  return job.waitsSinceMs ?? job.record.decidedAtMs;
}

/** What a job says, group by group. */
export function saidOf(job: Job): Covered[] {
  return [{ groupKey: job.groupKey, kind: job.record.kind }, ...(job.covers ?? [])];
}

/** True for a job that says something about the group. */
export function speaksFor(job: Job, groupKey: string): boolean {
  return job.groupKey === groupKey || (job.covers?.some((covered) => covered.groupKey === groupKey) ?? false);
}

/** Changes what is known about a target and a group. */
export function setChannelLog(
  draft: Draft,
  groupKey: string,
  target: Target,
  fields: { lastToldAtMs?: number; hasHeard?: boolean },
): void {
  const group = draft.groups.get(groupKey);
  if (group === undefined) return;
  const log = { lastToldAtMs: draft.nowMs, hasHeard: false, ...group.channels[target], ...fields };
  draft.groups.set(groupKey, { ...group, channels: { ...group.channels, [target]: log } });
}

/** Writes down what becomes of a notification on a target. */
export function recordDelivery(
  draft: Draft,
  notification: Notification,
  target: Target,
  status: DeliveryStatus,
  detail?: string,
  attempts = 0,
): NotificationRecord {
  const { id, groupKey, kind, reason, severity, decidedAtMs } = notification;
  const entry = {
    id,
    channel: target,
    groupKey,
    kind,
    reason,
    severity,
    title: headline(notification),
    status,
    attempts,
    decidedAtMs,
    ...(detail !== undefined && { detail }),
  };
  draft.effects.push({ kind: "record-delivery", record: entry });
  return entry;
}

function replaceable(draft: Draft, groupKey: string, target: Target): Job | undefined {
  const waiting = [...draft.jobs.values()].filter((job) => job.channel === target && speaksFor(job, groupKey)).at(-1);
  return waiting?.record.kind === "firing" && !waiting.isSending ? waiting : undefined;
}
