import type { NotificationKind } from "../model/record.ts";
import { loudest } from "../model/severity.ts";
import { channelOf, type Target } from "../model/target.ts";
import type { DigestEntry, Notification } from "../notification/notification.ts";
import { record, type Draft } from "./draft.ts";
import { dropJob, enqueue, saidOf, waitsSinceMs } from "./queue.ts";
import type { Covered, Job } from "./state.ts";

/** True for a job whose message waited too long to be told as if it were new. */
export function isLate(job: Job, draft: Pick<Draft, "nowMs" | "settings">): boolean {
  return draft.nowMs - job.record.decidedAtMs >= draft.settings.lateAfterMs;
}

/**
 * Sums up what waited too long for a target: one digest instead of many messages, outages that are over in a line each. In
 * PagerDuty each outage is an incident, so those that are over are left out there: nobody is woken for the past.
 *
 * @param heads jobs that are next in their queues and due now
 */
export function sumUpLate(draft: Draft, heads: readonly Job[]): void {
  const targets = new Set(heads.filter((job) => isLate(job, draft) && !isPerhapsTaken(job)).map((job) => job.channel));
  for (const target of targets) {
    const queues = lateQueues(draft, target);
    if (channelOf(target) === "pagerduty") {
      dropWhatIsOver(draft, queues);
    } else if (channelOf(target) !== "log") {
      const waiting = withWhatFollows(draft, target, queues.flat());
      if (waiting.length > 1) digest(draft, target, waiting);
    }
  }
}

/** True for a job whose peer may have its message: it is told again as it is, never in other words. */
function isPerhapsTaken(job: Job): boolean {
  return job.isSending || job.mayBeTaken === true;
}

/** Jobs that wait for the target by group, where the first of them is late and not perhaps taken already. */
function lateQueues(draft: Draft, target: Target): Job[][] {
  const queues = new Map<string, Job[]>();
  for (const job of draft.jobs.values()) {
    if (job.channel !== target) continue;
    const queue = queues.get(job.groupKey);
    if (queue) queue.push(job);
    else queues.set(job.groupKey, [job]);
  }
  return [...queues.values()].filter(([head]) => head !== undefined && !isPerhapsTaken(head) && isLate(head, draft));
}

/**
 * Late jobs and whatever else waits for the target and speaks for one of their groups, such as the end of a whole worker: a digest
 * goes behind all that waits, and what it says of a group has to be the last word. In the order in which they were decided.
 */
function withWhatFollows(draft: Draft, target: Target, late: readonly Job[]): Job[] {
  if (late.length < 2) return [...late];
  const keys = new Set(late.flatMap((job) => saidOf(job).map(({ groupKey }) => groupKey)));
  const lateIds = new Set(late.map(({ id }) => id));
  const found = [...draft.jobs.values()].filter(
    (job) =>
      lateIds.has(job.id) ||
      (job.channel === target && !isPerhapsTaken(job) && saidOf(job).some(({ groupKey }) => keys.has(groupKey))),
  );
  return found.sort((a, b) => a.order - b.order);
}

function dropWhatIsOver(draft: Draft, queues: readonly Job[][]): void {
  for (const queue of queues) {
    const [head] = queue;
    if (head === undefined || queue.at(-1)?.record.kind !== "resolved") continue;
    if (draft.groups.get(head.groupKey)?.channels[head.channel]?.hasHeard) continue;
    for (const job of queue) dropJob(draft, job, "over before it could be told");
    draft.touchedGroups.add(head.groupKey);
    record(draft, "never-told", head.groupKey, `${head.channel}: over before it could be told`);
  }
}

function digest(draft: Draft, target: Target, jobs: readonly Job[]): void {
  const covers = coveredBy(draft, jobs);
  const [first] = covers;
  if (first === undefined) return;
  const entries = covers.flatMap(({ entry }) => entry ?? []);
  const notification = digestOf(draft, target, first.groupKey, entries);
  for (const job of jobs) {
    dropJob(draft, job, `summed up in ${notification.id}`);
    for (const { groupKey } of saidOf(job)) draft.touchedGroups.add(groupKey);
  }
  draft.effects.push({ kind: "store-notification", notification });
  enqueue(draft, notification, target, covers, Math.max(...jobs.map((job) => job.record.attempts)));
  const id = `${notification.id}/${target}`;
  const job = draft.jobs.get(id);
  // The wait counts from the oldest news, so that a digest is given up, and the backlog seen, as each of them would be.
  const decidedAtMs = Math.min(...jobs.map(waitsSinceMs));
  if (job) draft.jobs.set(id, { ...job, record: { ...job.record, decidedAtMs } });
}

function digestOf(draft: Draft, target: Target, groupKey: string, entries: DigestEntry[]): Notification {
  return {
    id: `late/${target}/${draft.lastOrder + 1}`,
    groupKey,
    groupLabels: {},
    kind: "digest",
    reason: "late",
    severity: loudest(entries.filter(({ state }) => state === "firing").map(({ severity }) => severity)),
    decidedAtMs: draft.nowMs,
    startsAtMs: Math.min(...entries.map(({ startsAtMs }) => startsAtMs)),
    alerts: [],
    omittedAlerts: 0,
    inhibited: [],
    notes: [],
    digest: [...entries].sort((a, b) => (a.state === b.state ? a.startsAtMs - b.startsAtMs : a.state === "firing" ? -1 : 1)),
  };
}

/** What the jobs would have said last of each group. */
function coveredBy(draft: Draft, jobs: readonly Job[]): Covered[] {
  const covered = new Map<string, Covered>();
  for (const job of jobs) {
    const said = job.record.kind === "digest" ? [] : [{ groupKey: job.groupKey, kind: job.record.kind }];
    for (const { groupKey, kind, entry } of [...said, ...(job.covers ?? [])] as Covered[]) {
      const state = stateOf(kind);
      if (state === undefined) continue;
      const before = covered.get(groupKey)?.entry;
      covered.set(groupKey, { groupKey, kind, entry: mergeEntry(before, entry ?? entryOf(draft, groupKey, job, state)) });
    }
  }
  return [...covered.values()];
}

function stateOf(kind: NotificationKind): DigestEntry["state"] | undefined {
  if (kind === "firing") return "firing";
  return kind === "resolved" ? "over" : undefined;
}

function entryOf(draft: Draft, groupKey: string, job: Job, state: DigestEntry["state"]): DigestEntry {
  const alerts = [...draft.alerts.values()].filter((alert) => alert.groupKey === groupKey);
  return {
    groupKey,
    state,
    severity: job.record.severity,
    worker: draft.groups.get(groupKey)?.labels["worker"] ?? "",
    summary: job.record.title,
    startsAtMs: Math.min(job.record.decidedAtMs, ...alerts.map(({ signal }) => signal.startsAt)),
    ...(state === "over" && { endedAtMs: job.record.decidedAtMs }),
    alerts: Math.max(1, alerts.length),
  };
}

function mergeEntry(before: DigestEntry | undefined, now: DigestEntry): DigestEntry {
  if (before === undefined) return now;
  const summary = now.state === "over" ? before.summary : now.summary;
  return {
    ...now,
    summary,
    startsAtMs: Math.min(before.startsAtMs, now.startsAtMs),
    alerts: Math.max(before.alerts, now.alerts),
  };
}
