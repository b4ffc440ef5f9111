import type { Severity } from "../model/severity.ts";
import { truncateBytes } from "../model/text.ts";
import type { Notification, NotifiedAlert } from "./notification.ts";
import { clockText, durationText, numberText, oneLine } from "./figures.ts";

/** Bytes of a subject line or PagerDuty summary that are read on a phone. */
const SUBJECT_BYTES = 100;

/** What is wrong, in one line: the loudest alert's summary, and how many more there are. */
export function headline(notification: Notification): string {
  const mark = notification.drill ? `[${notification.drill.toUpperCase()}] ` : "";
  if (notification.digest) return `${mark}${digestHeadline(notification.digest)}`;
  if (notification.reason === "closed") return `${mark}Alerts of ${workerOf(notification)} are closed`;
  const [first] = notification.alerts;
  const more = alertCount(notification) - 1;
  const what = first?.signal.summary ?? notification.groupKey;
  return mark + (more > 0 ? `${what} (and ${more} more)` : what);
}

/** The headline as a title of its own: the end does not read as if it still went on. */
export function titleText(notification: Notification): string {
  const isOver = notification.kind === "resolved" && notification.reason !== "closed";
  return isOver ? `Over: ${headline(notification)}` : headline(notification);
}

/** Severity, worker, what and how bad, within 100 bytes: `[critical] api: API availability is burning 44× its budget`. */
export function subjectLine(notification: Notification): string {
  const what = oneLine(headline(notification));
  const where = notification.digest ? "" : `${workerOf(notification)}: `;
  const plain = `[${stateWord(notification)}] ${where}${what}`;
  const value = notification.alerts[0]?.signal.value;
  // How bad it is belongs into the line; a summary with a figure says so already.
  const full = value === undefined || /\d/.test(what) ? plain : `${plain}: ${oneLine(value)}`;
  return truncateBytes(full, SUBJECT_BYTES);
}

/** Who is hurt, how badly, since when: `api, critical, since 03:12 UTC (3 min)`; for the end, how long it lasted. */
export function situationLine(notification: Notification): string {
  return [...situationWords(notification), timeWords(notification)].join(", ");
}

/** Worker and severity. */
export function situationWords(notification: Notification): string[] {
  return notification.digest ? [] : [workerOf(notification), notification.severity];
}

/** `since 03:12 UTC (3 min)`, or `lasted 42 min (03:12 UTC to 03:54 UTC)`. */
export function timeWords(notification: Notification): string {
  const { startsAtMs, decidedAtMs } = notification;
  if (notification.kind !== "resolved") {
    return `since ${clockText(startsAtMs, decidedAtMs)} (${durationText(decidedAtMs - startsAtMs)})`;
  }
  const endedAtMs = endOf(notification);
  const span = `${clockText(startsAtMs, decidedAtMs)} to ${clockText(endedAtMs, decidedAtMs)}`;
  return `lasted ${durationText(endedAtMs - startsAtMs)} (${span})`;
}

/** Why this message comes now, or undefined for the first one, which needs no reason. */
export function reasonLine(notification: Notification): string | undefined {
  const [first] = notification.alerts;
  switch (notification.reason) {
    case "first":
      return undefined;
    case "resolved":
      return "It is over. Nobody needs to do anything.";
    case "closed":
      return "Its alerts are ended for good: the worker is gone. Nobody needs to do anything.";
    case "severity-rise":
      return `It got worse: now ${notification.severity}.`;
    case "new-alerts":
      return `${notification.alerts.filter((alert) => alert.isNew).length} new in this outage.`;
    case "repeat":
      return "Still firing, not acknowledged by anyone.";
    case "count-rise":
      return "It grows much faster than when it was last told.";
    case "new-error":
      return "An error shows that this alert has not had within a day.";
    case "escalation":
      return `Nobody acknowledged it: escalated to level ${(first?.escalationLevel ?? 0) + 1}.`;
    case "acknowledgement-expired":
      return "The acknowledgement has run out and it still fires. Acknowledge again if you still have it.";
    case "silence-ended":
      return "A silence has ended and it still fires.";
    case "silence-ending":
      return "A silence that hides this ends within the hour. It still fires.";
    case "acknowledged":
      return `Acknowledged by ${first?.acknowledged?.by ?? "somebody"}.`;
    case "late":
      return "These messages could not be delivered in time. This sums up what happened meanwhile.";
    case "channel-failed":
      return "Told again because another channel could not be told.";
  }
}

/** `4.4 % (threshold 0.1 %)`, or undefined without a value. */
export function measureText(alert: NotifiedAlert): string | undefined {
  const { value, threshold } = alert.signal;
  if (value === undefined) return undefined;
  return threshold === undefined ? value : `${value} (threshold ${threshold})`;
}

/** `+412 since 10:02 UTC, 1,024 in all`, or undefined where there is nothing to count. */
export function countText(alert: NotifiedAlert, nowMs: number): string | undefined {
  if (alert.since && alert.since.count > 0) {
    return `+${numberText(alert.since.count)} since ${clockText(alert.since.atMs, nowMs)}, ${numberText(alert.count)} in all`;
  }
  return alert.count > 1 ? `${numberText(alert.count)}×` : undefined;
}

/** One alert of several, as a line. */
export function alertLine(alert: NotifiedAlert, notification: Notification): string {
  const { signal } = alert;
  const measure = measureText(alert);
  const when =
    alert.resolvedAtMs === undefined
      ? `since ${clockText(signal.startsAt, notification.decidedAtMs)}`
      : `over at ${clockText(alert.resolvedAtMs, notification.decidedAtMs)}`;
  const about = [
    signal.labels.severity,
    when,
    countText(alert, notification.decidedAtMs),
    alert.isFlapping ? "flapping" : undefined,
  ];
  const taken = alert.acknowledged ? `, acknowledged by ${alert.acknowledged.by}` : "";
  const mark = alert.isNew && notification.reason === "new-alerts" ? "new: " : "";
  return `${mark}${signal.summary}${measure === undefined ? "" : `: ${measure}`} (${about.filter(Boolean).join(", ")}${taken})`;
}

/** A line for each alert of several, or each outage of a digest; nothing for a single alert. */
export function listLines(notification: Notification): string[] {
  if (notification.digest) return notification.digest.map((entry) => digestLine(entry, notification.decidedAtMs));
  if (alertCount(notification) === 1) return [];
  const lines = notification.alerts.map((alert) => alertLine(alert, notification));
  return notification.omittedAlerts > 0 ? [...lines, `and ${notification.omittedAlerts} more`] : lines;
}

/** Links of the loudest alert that has them, then the pages that acknowledge and silence. */
export function linksOf(notification: Notification): { text: string; url: string }[] {
  const runbook = firstOf(notification, (alert) => alert.signal.runbookUrl);
  const dashboard = firstOf(notification, (alert) => alert.signal.dashboardUrl);
  const isOpen = notification.kind === "firing" || notification.kind === "notice";
  return [
    ...(runbook === undefined || notification.kind === "resolved" ? [] : [{ text: "Runbook", url: runbook }]),
    ...(dashboard === undefined ? [] : [{ text: "Dashboard", url: dashboard }]),
    ...(isOpen ? (notification.actions ?? []) : []),
  ];
}

/** What to type where no link is at hand, or none works; nothing once nobody needs to do anything. */
export function commandLine(notification: Notification): string | undefined {
  const [first] = notification.alerts;
  const isOpen = notification.kind === "firing" || notification.kind === "notice";
  if (first === undefined || !isOpen) return undefined;
  const all = alertCount(notification) === 1 ? first.id : notification.groupKey;
  return `monotask alerts ack ${all} takes it, monotask alerts explain ${first.id} says why you were told`;
}

/** Alerts of the group, listed or not. */
export function alertCount(notification: Notification): number {
  return notification.alerts.length + notification.omittedAlerts;
}

/** The worker it is about. */
export function workerOf(notification: Notification): string {
  return notification.groupLabels["worker"] ?? notification.alerts[0]?.signal.labels.worker ?? "unknown worker";
}

/** When the last of its alerts ended. */
export function endOf(notification: Notification): number {
  return Math.max(...notification.alerts.map((alert) => alert.resolvedAtMs ?? notification.decidedAtMs), notification.startsAtMs);
}

/** Icon and word, never colour alone. */
export function icon(notification: Notification): string {
  const icons: Record<Severity, string> = { critical: "🔴", warning: "🟠", info: "🔵" };
  if (notification.kind === "notice") return "⏳";
  return notification.kind === "resolved" ? "🟢" : icons[notification.severity];
}

/** The first that the alerts have, loudest first. */
export function firstOf<T>(notification: Notification, read: (alert: NotifiedAlert) => T | undefined): T | undefined {
  for (const alert of notification.alerts) {
    const found = read(alert);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stateWord(notification: Notification): string {
  if (notification.kind === "resolved") return "resolved";
  if (notification.kind === "digest") return "late";
  return notification.kind === "acknowledged" ? "acknowledged" : notification.severity;
}

function digestHeadline(entries: NonNullable<Notification["digest"]>): string {
  const firing = entries.filter(({ state }) => state === "firing").length;
  const count = `${entries.length} outage${entries.length === 1 ? "" : "s"}`;
  return firing === 0 ? `Late news: ${count}, all over` : `Late news: ${count}, ${firing} still firing`;
}

function digestLine(entry: NonNullable<Notification["digest"]>[number], nowMs: number): string {
  const when =
    entry.endedAtMs === undefined
      ? `still firing since ${clockText(entry.startsAtMs, nowMs)}`
      : `over: ${clockText(entry.startsAtMs, nowMs)} to ${clockText(entry.endedAtMs, nowMs)}`;
  const more = entry.alerts > 1 ? `, ${entry.alerts} alerts` : "";
  return `${entry.worker}: ${entry.summary} (${entry.severity}, ${when}${more})`;
}
