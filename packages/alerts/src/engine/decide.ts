import type { Alert } from "../model/alert.ts";
import { matches } from "../model/matcher.ts";
import type { NotificationKind, NotifyReason } from "../model/record.ts";
import { isLouder } from "../model/severity.ts";
import { channelOf, sortTargets, targetsIn, type Target } from "../model/target.ts";
import { createNotification, type Notification } from "../notification/notification.ts";
import { headline } from "../notification/words.ts";
import { record, type Draft } from "./draft.ts";
import { nextDue, type Due, type DueContext } from "./due.ts";
import { isFlapping } from "./flapping.ts";
import { enqueue, hasQueuedJob, recordDelivery, setChannelLog } from "./queue.ts";
import type { Covered, Group } from "./state.ts";
import { targetsAmong, targetsOf } from "./targets.ts";

/** Decides everything that is due for a group: notifications, and a job for each target that hears them. */
export function decideGroup(draft: Draft, group: Group, alerts: readonly Alert[]): void {
  for (const { due, targets } of sameMessages(draft, group, alerts)) {
    if (due.reason === "resolved") tellEnd(draft, group.key, due, targets);
    else tell(draft, group.key, due, targets);
  }
}

/** What decisions look at besides the group. */
export function dueContext(draft: Draft): DueContext {
  return { settings: draft.settings, isFlapping: (id) => isFlapping(draft, id) };
}

/** Tells targets again that a group fires because another target refused the message for good. */
export function tellOfRefusal(draft: Draft, groupKey: string, alerts: readonly Alert[], refused: Target): void {
  const firing = alerts.filter((alert) => alert.status === "firing" && alert.told[refused] !== undefined);
  const told = sortTargets(firing.flatMap((alert) => targetsIn(alert.told))).filter((target) => target !== refused);
  const group = draft.groups.get(groupKey);
  const working = told.filter(
    (target) => group?.refused[target] === undefined && draft.settings.unavailable(target) === undefined,
  );
  if (working.length > 0) tell(draft, groupKey, { reason: "channel-failed", atMs: draft.nowMs, alerts: firing }, working);
}

/** Tells PagerDuty that somebody has the incident, once nobody is paged for anything else of the group. */
export function tellAcknowledged(draft: Draft, groupKey: string, alerts: readonly Alert[]): void {
  const firing = alerts.filter(({ status, hold }) => status === "firing" && hold === undefined);
  const paged = sortTargets(firing.flatMap((alert) => targetsIn(alert.told))).filter(
    (target) => channelOf(target) === "pagerduty",
  );
  const taken = paged.filter((target) => firing.every((alert) => alert.acknowledged ?? alert.told[target] === undefined));
  const [first] = firing.flatMap(({ acknowledged }) => acknowledged ?? []);
  if (taken.length === 0 || first === undefined) return;
  send(draft, groupKey, { reason: "acknowledged", atMs: draft.nowMs, alerts: firing }, taken, "acknowledged");
}

/** Tells something about the telling: it changes nothing of what a target knows of the outage. */
export function tellNotice(
  draft: Draft,
  groupKey: string,
  reason: NotifyReason,
  alerts: readonly Alert[],
  targets: readonly Target[],
  notes: string[],
): void {
  send(draft, groupKey, { reason, atMs: draft.nowMs, alerts }, sortTargets(targets), "notice", notes);
}

/** Tells the end of several groups in one message; PagerDuty hears of each, for each is an incident. */
export function tellClosed(draft: Draft, alerts: readonly Alert[], by: string): void {
  for (const target of targetsAmong(alerts, draft.settings)) {
    const told = alerts.filter((alert) => alert.told[target] !== undefined);
    const keys = [...new Set(told.map((alert) => alert.groupKey))].filter((key) => hears(draft, key, target));
    const perMessage = channelOf(target) === "pagerduty" ? keys.map((key) => [key]) : keys.length === 0 ? [] : [keys];
    for (const [first = "", ...others] of perMessage) {
      const about = told.filter(({ groupKey }) => groupKey === first || others.includes(groupKey));
      const covers = others.map((groupKey): Covered => ({ groupKey, kind: "resolved" }));
      send(
        draft,
        first,
        { reason: "closed", atMs: draft.nowMs, alerts: about },
        [target],
        "resolved",
        [`Closed by ${by}`],
        covers,
      );
    }
    forgetTold(draft, told, target);
  }
}

/** Due messages, one for all targets that would get the same. */
function sameMessages(draft: Draft, group: Group, alerts: readonly Alert[]): { due: Due; targets: Target[] }[] {
  const messages = new Map<string, { due: Due; targets: Target[] }>();
  for (const target of targetsAmong(alerts, draft.settings)) {
    const due = nextDue(target, alerts, group.channels[target], dueContext(draft));
    if (due === null || due.atMs > draft.nowMs) continue;
    const key = [due.reason, ...due.alerts.map((alert) => alert.id)].join(" ");
    const message = messages.get(key);
    if (message) message.targets.push(target);
    else messages.set(key, { due, targets: [target] });
  }
  return [...messages.values()];
}

function tell(draft: Draft, groupKey: string, due: Due, targets: readonly Target[]): void {
  if (due.reason === "first") recordRoutes(draft, due.alerts);
  const notification = createIn(draft, groupKey, due, targets, "firing", []);
  record(draft, "told", groupKey, `${headline(notification)} (${due.reason}) → ${targets.join(", ")}`);
  for (const target of targets) {
    markTold(draft, groupKey, due.alerts, target);
    const missing = draft.settings.unavailable(target);
    if (missing === undefined) {
      enqueue(draft, notification, target);
    } else {
      recordDelivery(draft, notification, target, "not-configured", missing);
      record(draft, "not-configured", groupKey, `${target}: ${missing}`);
    }
  }
}

/** Which line of the routes decided, for `explain`. */
function recordRoutes(draft: Draft, alerts: readonly Alert[]): void {
  for (const alert of alerts) {
    if (alert.toldCount !== undefined || alert.signal.drill) continue;
    const { route, targets } = draft.settings.routing.decide(alert.signal.labels);
    record(draft, "routed", alert.groupKey, `${route} → ${targets.join(", ") || "nobody"}`, alert.id);
  }
}

/** Tells the end to the targets that heard the beginning, or still have it in their queue; to no other. */
function tellEnd(draft: Draft, groupKey: string, due: Due, targets: readonly Target[]): void {
  const hearing = targets.filter((target) => hears(draft, groupKey, target));
  for (const target of targets) forgetTold(draft, due.alerts, target);
  if (hearing.length === 0) return;
  const notification = createIn(draft, groupKey, due, hearing, "resolved", []);
  record(draft, "told-resolved", groupKey, `${headline(notification)} → ${hearing.join(", ")}`);
  for (const target of hearing) enqueue(draft, notification, target);
}

function hears(draft: Draft, groupKey: string, target: Target): boolean {
  return draft.groups.get(groupKey)?.channels[target]?.hasHeard === true || hasQueuedJob(draft, groupKey, target);
}

/** A message that is no news of the outage itself; targets that are not set up are left out. */
function send(
  draft: Draft,
  groupKey: string,
  due: Due,
  targets: readonly Target[],
  kind: NotificationKind,
  notes: string[] = [],
  covers: Covered[] = [],
): void {
  const working = targets.filter((target) => draft.settings.unavailable(target) === undefined);
  if (working.length === 0 || due.alerts.length === 0) return;
  const notification = createIn(draft, groupKey, due, working, kind, notes);
  record(
    draft,
    kind === "resolved" ? "told-resolved" : "told",
    groupKey,
    `${headline(notification)} (${due.reason}) → ${working.join(", ")}`,
  );
  for (const target of working) enqueue(draft, notification, target, covers);
}

function createIn(
  draft: Draft,
  groupKey: string,
  due: Due,
  targets: readonly Target[],
  kind: NotificationKind,
  notes: string[],
): Notification {
  const group = startEpisodeIfNeeded(draft, groupKey);
  const sequence = group.sequence + 1;
  draft.groups.set(groupKey, { ...group, sequence });
  draft.touchedGroups.add(groupKey);
  const notification = createNotification(due.alerts, {
    id: `${groupKey}/${group.episode}/${kind}/${sequence}`,
    groupKey,
    groupLabels: group.labels,
    kind,
    reason: due.reason,
    decidedAtMs: draft.nowMs,
    notes: [...notes, ...(kind === "firing" ? notesFor(draft, group, due) : [])],
    newIds: new Set(due.alerts.filter((alert) => isNewTo(alert, targets)).map((alert) => alert.id)),
    flappingIds: new Set(due.alerts.filter((alert) => isFlapping(draft, alert.id)).map((alert) => alert.id)),
    inhibited: kind === "firing" ? inhibitedBy(draft, due.alerts) : [],
  });
  draft.effects.push({ kind: "store-notification", notification });
  return notification;
}

/** Alerts that these hide, as a line each. Most alerts can hide nothing, which is seen without a look at all the others. */
function inhibitedBy(draft: Draft, alerts: readonly Alert[]): string[] {
  const sources = alerts.filter(({ signal }) => draft.settings.inhibitions.some(({ source }) => matches(source, signal)));
  if (sources.length === 0) return [];
  const ids = new Set(sources.map((alert) => alert.id));
  const lines: string[] = [];
  for (const { status, hold, signal } of draft.alerts.values()) {
    if (status !== "firing" || hold?.kind !== "inhibited" || !ids.has(hold.by)) continue;
    lines.push(`${signal.summary} (${signal.labels.severity}, ${signal.labels.worker})`);
  }
  return lines;
}

/** An outage gets its number with its first message. */
function startEpisodeIfNeeded(draft: Draft, groupKey: string): Group {
  const group = draft.groups.get(groupKey);
  if (group === undefined) throw new Error(`alert group ${groupKey} is not known`);
  if (group.episode !== 0) return group;
  draft.lastEpisode += 1;
  const started = { ...group, episode: draft.lastEpisode };
  draft.groups.set(groupKey, started);
  return started;
}

/** Targets that should hear this but cannot, with the fix. */
function notesFor(draft: Draft, group: Group, due: Due): string[] {
  return sortTargets(due.alerts.flatMap((alert) => targetsOf(alert, draft.settings))).flatMap((target) => {
    const why = draft.settings.unavailable(target) ?? group.refused[target];
    return why === undefined ? [] : [`Not told: ${target}: ${why}`];
  });
}

function isNewTo(alert: Alert, targets: readonly Target[]): boolean {
  return targets.every((target) => alert.told[target] === undefined);
}

function markTold(draft: Draft, groupKey: string, alerts: readonly Alert[], target: Target): void {
  for (const { id } of alerts) {
    const alert = draft.alerts.get(id);
    if (alert === undefined) continue;
    const severity = alert.signal.labels.severity;
    const before = alert.told[target];
    const told = before === undefined || isLouder(severity, before) ? { ...alert.told, [target]: severity } : alert.told;
    draft.alerts.set(id, {
      ...alert,
      told,
      toldCount: { count: alert.count, atMs: draft.nowMs },
      escalation: alert.escalation ?? { level: 0, sinceMs: draft.nowMs },
    });
  }
  setChannelLog(draft, groupKey, target, { lastToldAtMs: draft.nowMs });
}

function forgetTold(draft: Draft, alerts: readonly Alert[], target: Target): void {
  for (const { id } of alerts) {
    const alert = draft.alerts.get(id);
    if (alert === undefined) continue;
    const { [target]: _told, ...told } = alert.told;
    draft.alerts.set(id, { ...alert, told });
    if (alert.source === "worker" && alert.status === "resolved" && Object.keys(told).length === 0) {
      draft.effects.push({ kind: "end-cooldown", rule: alert.signal.name, worker: alert.signal.labels.worker });
    }
  }
}
