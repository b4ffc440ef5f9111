import type { Severity } from "../model/severity.ts";
import { truncateBytes } from "../model/text.ts";
import type { Notification, NotifiedAlert } from "./notification.ts";

/** Bytes of a subject line or PagerDuty summary that are read on a phone. */
const SUBJECT_BYTES = 100;

/** What is wrong, in one line: the loudest alert's summary, and how many more there are. */
export function headline(notification: Notification): string {
  const [first] = notification.alerts;
  const more = alertCount(notification) - 1;
  const what = first?.signal.summary ?? notification.groupKey;
  return more > 0 ? `${what} (and ${more} more)` : what;
}

/** Severity, worker, what and how bad, within 100 bytes: `[critical] api: API availability is burning 44× its budget`. */
export function subjectLine(notification: Notification): string {
  const state = notification.kind === "resolved" ? "resolved" : notification.severity;
  return truncateBytes(oneLine(`[${state}] ${workerOf(notification)}: ${headline(notification)}`), SUBJECT_BYTES);
}

/** Who is hurt, how badly, since when: `api, critical, since 03:12 UTC (3 min)`; for the end, how long it lasted. */
export function situationLine(notification: Notification): string {
  const { startsAtMs, decidedAtMs, severity } = notification;
  const worker = workerOf(notification);
  if (notification.kind === "firing") {
    return `${worker}, ${severity}, since ${clockText(startsAtMs, decidedAtMs)} (${durationText(decidedAtMs - startsAtMs)})`;
  }
  const endedAtMs = endOf(notification);
  const span = `${clockText(startsAtMs, decidedAtMs)} to ${clockText(endedAtMs, decidedAtMs)}`;
  return `${worker}, ${severity}, lasted ${durationText(endedAtMs - startsAtMs)} (${span})`;
}

/** Why this message comes now, or undefined for the first one, which needs no reason. */
export function reasonLine(notification: Notification): string | undefined {
  switch (notification.reason) {
    case "first":
      return undefined;
    case "resolved":
      return "It is over. Nobody needs to do anything.";
    case "severity-rise":
      return `It got worse: now ${notification.severity}.`;
    case "new-alerts":
      return `${notification.alerts.filter((alert) => alert.isNew).length} new in this outage.`;
    case "repeat":
      return "Still firing, not acknowledged by anyone.";
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

/** One alert of several, as a line. */
export function alertLine(alert: NotifiedAlert, notification: Notification): string {
  const { signal } = alert;
  const measure = measureText(alert);
  const when =
    alert.resolvedAtMs === undefined
      ? `since ${clockText(signal.startsAt, notification.decidedAtMs)}`
      : `over at ${clockText(alert.resolvedAtMs, notification.decidedAtMs)}`;
  const times = alert.count > 1 ? `, ${alert.count.toLocaleString("en-US")}×` : "";
  const mark = alert.isNew && notification.reason === "new-alerts" ? "new: " : "";
  return `${mark}${signal.summary}${measure === undefined ? "" : `: ${measure}`} (${signal.labels.severity}, ${when}${times})`;
}

/** The first thing to look at, or undefined. */
export function firstCheck(notification: Notification): string | undefined {
  return firstOf(notification, (alert) => alert.signal.suggestedChecks?.[0]);
}

/** The error that shows the problem, or undefined: message, then request id and fingerprint to find it again. */
export function sampleText(notification: Notification): string | undefined {
  const sample = firstOf(notification, (alert) => alert.signal.sample);
  if (sample?.error === undefined) return undefined;
  const found = [sample.requestId && `request ${sample.requestId}`, sample.fingerprint && `fingerprint ${sample.fingerprint}`];
  const where = found.filter(Boolean).join(", ");
  return where === "" ? sample.error : `${sample.error} (${where})`;
}

/** Links of the loudest alert that has them. */
export function linksOf(notification: Notification): { text: string; url: string }[] {
  const runbook = firstOf(notification, (alert) => alert.signal.runbookUrl);
  const dashboard = firstOf(notification, (alert) => alert.signal.dashboardUrl);
  return [
    ...(runbook === undefined ? [] : [{ text: "Runbook", url: runbook }]),
    ...(dashboard === undefined ? [] : [{ text: "Dashboard", url: dashboard }]),
  ];
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
  return notification.kind === "resolved" ? "🟢" : icons[notification.severity];
}

/** `45 s`, `14 min`, `3 h 5 min`, `2 d 4 h`. */
export function durationText(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `03:12 UTC`, with the date where it is another day than `nowMs`. */
export function clockText(atMs: number, nowMs: number): string {
  const iso = new Date(atMs).toISOString();
  const time = `${iso.slice(11, 16)} UTC`;
  return iso.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10) ? time : `${iso.slice(0, 10)} ${time}`;
}

/** Without line breaks, which would end a header or start a new one. */
export function oneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, " ");
}

function firstOf<T>(notification: Notification, read: (alert: NotifiedAlert) => T | undefined): T | undefined {
  for (const alert of notification.alerts) {
    const found = read(alert);
    if (found !== undefined) return found;
  }
  return undefined;
}
