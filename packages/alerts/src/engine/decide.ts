import type { Alert } from "../model/alert.ts";
import type { DeliveryStatus, NotificationRecord } from "../model/record.ts";
import { isLouder } from "../model/severity.ts";
import { createNotification, type Notification } from "../notification/notification.ts";
import { headline } from "../notification/words.ts";
import { CHANNEL_NAMES, type ChannelName } from "../routing/routes.ts";
import { record, type Draft } from "./draft.ts";
import { nextDue, type Due } from "./due.ts";
import type { Group } from "./state.ts";

/** Decides everything that is due for a group: notifications, and a job for each channel that hears them. */
export function decideGroup(draft: Draft, group: Group, alerts: readonly Alert[]): void {
  for (const { due, channels } of sameMessages(draft, group, alerts)) {
    if (due.reason === "resolved") tellEnd(draft, group.key, due, channels);
    else tell(draft, group.key, due, channels);
  }
}

/** Tells channels again that a group fires because another channel refused the message for good. */
export function tellOfRefusal(draft: Draft, groupKey: string, alerts: readonly Alert[], refused: ChannelName): void {
  const firing = alerts.filter((alert) => alert.status === "firing" && alert.told[refused] !== undefined);
  const channels = CHANNEL_NAMES.filter((name) => name !== refused && firing.some((alert) => alert.told[name] !== undefined));
  const group = draft.groups.get(groupKey);
  const working = channels.filter((name) => group?.refused[name] === undefined && draft.settings.unavailable[name] === undefined);
  if (working.length > 0) tell(draft, groupKey, { reason: "channel-failed", atMs: draft.nowMs, alerts: firing }, working);
}

/** Due messages, one for all channels that would get the same. */
function sameMessages(draft: Draft, group: Group, alerts: readonly Alert[]): { due: Due; channels: ChannelName[] }[] {
  const messages = new Map<string, { due: Due; channels: ChannelName[] }>();
  for (const channel of CHANNEL_NAMES) {
    const due = nextDue(channel, alerts, group.channels[channel], draft.settings);
    if (due === null || due.atMs > draft.nowMs) continue;
    const key = [due.reason, ...due.alerts.map((alert) => alert.id)].join(" ");
    const message = messages.get(key);
    if (message) message.channels.push(channel);
    else messages.set(key, { due, channels: [channel] });
  }
  return [...messages.values()];
}

function tell(draft: Draft, groupKey: string, due: Due, channels: readonly ChannelName[]): void {
  const notification = createIn(draft, groupKey, due, channels);
  record(draft, "told", groupKey, `${headline(notification)} (${due.reason}) → ${channels.join(", ")}`);
  for (const channel of channels) {
    markTold(draft, groupKey, due.alerts, channel);
    const missing = draft.settings.unavailable[channel];
    if (missing === undefined) {
      enqueue(draft, notification, channel);
    } else {
      recordDelivery(draft, notification, channel, "not-configured", missing);
      record(draft, "not-configured", groupKey, `${channel}: ${missing}`);
    }
  }
}

/** Tells the end to the channels that heard the beginning, or still have it in their queue; to no other. */
function tellEnd(draft: Draft, groupKey: string, due: Due, channels: readonly ChannelName[]): void {
  const logs = draft.groups.get(groupKey)?.channels ?? {};
  const hearing = channels.filter((channel) => logs[channel]?.hasHeard || hasQueuedJob(draft, groupKey, channel));
  for (const channel of channels) forgetTold(draft, due.alerts, channel);
  if (hearing.length === 0) return;
  const notification = createIn(draft, groupKey, due, hearing);
  record(draft, "told-resolved", groupKey, `${headline(notification)} → ${hearing.join(", ")}`);
  for (const channel of hearing) enqueue(draft, notification, channel);
}

function createIn(draft: Draft, groupKey: string, due: Due, channels: readonly ChannelName[]): Notification {
  const group = startEpisodeIfNeeded(draft, groupKey);
  const sequence = group.sequence + 1;
  draft.groups.set(groupKey, { ...group, sequence });
  draft.touchedGroups.add(groupKey);
  const notification = createNotification(due.alerts, {
    id: `${groupKey}/${group.episode}/${due.reason === "resolved" ? "resolved" : "firing"}/${sequence}`,
    groupKey,
    groupLabels: group.labels,
    reason: due.reason,
    decidedAtMs: draft.nowMs,
    notes: notesFor(draft, group, due),
    newIds: new Set(due.alerts.filter((alert) => isNewTo(alert, channels)).map((alert) => alert.id)),
  });
  draft.effects.push({ kind: "store-notification", notification });
  return notification;
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

/** Channels that should hear this but cannot, with the fix. */
function notesFor(draft: Draft, group: Group, due: Due): string[] {
  if (due.reason === "resolved") return [];
  const routed = new Set(due.alerts.flatMap((alert) => draft.settings.routes[alert.signal.labels.severity]));
  return CHANNEL_NAMES.filter((channel) => routed.has(channel)).flatMap((channel) => {
    const why = draft.settings.unavailable[channel] ?? group.refused[channel];
    return why === undefined ? [] : [`${channel}: ${why}`];
  });
}

function isNewTo(alert: Alert, channels: readonly ChannelName[]): boolean {
  return channels.every((channel) => alert.told[channel] === undefined);
}

function markTold(draft: Draft, groupKey: string, alerts: readonly Alert[], channel: ChannelName): void {
  for (const { id } of alerts) {
    const alert = draft.alerts.get(id);
    if (alert === undefined) continue;
    const severity = alert.signal.labels.severity;
    const before = alert.told[channel];
    if (before !== undefined && !isLouder(severity, before)) continue;
    draft.alerts.set(id, { ...alert, told: { ...alert.told, [channel]: severity } });
  }
  setChannelLog(draft, groupKey, channel, { lastToldAtMs: draft.nowMs });
}

function forgetTold(draft: Draft, alerts: readonly Alert[], channel: ChannelName): void {
  for (const { id } of alerts) {
    const alert = draft.alerts.get(id);
    if (alert === undefined) continue;
    const { [channel]: _told, ...told } = alert.told;
    draft.alerts.set(id, { ...alert, told });
  }
}

/** Changes what is known about a channel and a group. */
export function setChannelLog(
  draft: Draft,
  groupKey: string,
  channel: ChannelName,
  fields: { lastToldAtMs?: number; hasHeard?: boolean },
): void {
  const group = draft.groups.get(groupKey);
  if (group === undefined) return;
  const log = { lastToldAtMs: draft.nowMs, hasHeard: false, ...group.channels[channel], ...fields };
  draft.groups.set(groupKey, { ...group, channels: { ...group.channels, [channel]: log } });
}

function hasQueuedJob(draft: Draft, groupKey: string, channel: ChannelName): boolean {
  for (const job of draft.jobs.values()) if (job.groupKey === groupKey && job.channel === channel) return true;
  return false;
}

/** Puts a message into a channel's queue. News replace older news of the group that wait there: they say all of it and more. They are tried at once, with the failures of the older ones counted in the waits that follow. */
function enqueue(draft: Draft, notification: Notification, channel: ChannelName): void {
  const waiting = [...draft.jobs.values()]
    .filter((job) => job.groupKey === notification.groupKey && job.channel === channel)
    .at(-1);
  const replaces =
    notification.kind === "firing" && waiting?.record.kind === "firing" && !waiting.isSending ? waiting : undefined;
  if (replaces) {
    draft.jobs.delete(replaces.id);
    const detail = `replaced by ${notification.id}`;
    draft.effects.push({ kind: "record-delivery", record: { ...replaces.record, status: "dropped", detail } });
  }
  draft.lastOrder += 1;
  const id = `${notification.id}/${channel}`;
  draft.jobs.set(id, {
    id,
    notificationId: notification.id,
    groupKey: notification.groupKey,
    channel,
    order: draft.lastOrder,
    dueAtMs: draft.nowMs,
    isSending: false,
    record: recordDelivery(draft, notification, channel, "pending", undefined, replaces?.record.attempts ?? 0),
  });
}

function recordDelivery(
  draft: Draft,
  notification: Notification,
  channel: ChannelName,
  status: DeliveryStatus,
  detail?: string,
  attempts = 0,
): NotificationRecord {
  const { id, groupKey, kind, reason, severity, decidedAtMs } = notification;
  const title = headline(notification);
  const entry = {
    id,
    channel,
    groupKey,
    kind,
    reason,
    severity,
    title,
    status,
    attempts,
    decidedAtMs,
    ...(detail !== undefined && { detail }),
  };
  draft.effects.push({ kind: "record-delivery", record: entry });
  return entry;
}
