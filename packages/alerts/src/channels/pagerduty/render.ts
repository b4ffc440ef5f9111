import type { Severity } from "../../model/severity.ts";
import type { Notification } from "../../notification/notification.ts";
import { figureLines, findings, inhibitedLine, type Finding } from "../../notification/findings.ts";
import { alertLine, commandLine, linksOf, reasonLine, situationLine, subjectLine, workerOf } from "../../notification/words.ts";

/** A PagerDuty Events v2 event without its routing key, which is a secret and put in when it is sent. */
export type PagerDutyEvent =
  | { event_action: "resolve" | "acknowledge"; dedup_key: string }
  | {
      event_action: "trigger";
      dedup_key: string;
      payload: {
        summary: string;
        source: string;
        severity: Severity;
        timestamp: string;
        component: string;
        group: string;
        class: string;
        custom_details: Record<string, string | string[]>;
      };
      links: { href: string; text: string }[];
      client: string;
    };

/** The notification as an event. The dedup key is the group's key: one outage is one incident, however often it is told. */
export function renderPagerDuty(notification: Notification): PagerDutyEvent {
  const dedupKey = notification.groupKey;
  if (notification.kind === "acknowledged") return { event_action: "acknowledge", dedup_key: dedupKey };
  if (notification.kind === "resolved") return { event_action: "resolve", dedup_key: dedupKey };
  const worker = workerOf(notification);
  return {
    event_action: "trigger",
    dedup_key: dedupKey,
    payload: {
      summary: subjectLine(notification),
      source: worker,
      severity: notification.severity,
      timestamp: new Date(notification.startsAtMs).toISOString(),
      component: worker,
      group: notification.groupLabels["environment"] ?? "",
      class: notification.groupLabels["symptom"] ?? "",
      custom_details: details(notification),
    },
    links: linksOf(notification).map(({ text, url }) => ({ href: url, text })),
    client: "MonoTask monitoring",
  };
}

function details(notification: Notification): Record<string, string | string[]> {
  const [first] = notification.alerts;
  const { omittedAlerts } = notification;
  const all: Record<string, string | string[] | undefined> = {
    situation: situationLine(notification),
    reason: reasonLine(notification),
    figures: figureLines(notification),
    value: first?.signal.value,
    threshold: first?.signal.threshold,
    alerts: [
      ...notification.alerts.map((alert) => alertLine(alert, notification)),
      ...(omittedAlerts > 0 ? [`and ${omittedAlerts} more`] : []),
    ],
    errors: findings(notification)
      .filter(({ kind }) => kind === "error")
      .map(findingText),
    first_check: findings(notification)
      .filter(({ kind }) => kind === "check")
      .map(findingText)
      .join(" "),
    inhibited: inhibitedLine(notification),
    notes: notification.notes,
    commands: commandLine(notification),
    notification_id: notification.id,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string | string[]] => isSaid(entry[1])));
}

function findingText({ code, label, text }: Finding): string {
  const words = [code, text].filter((part) => part !== undefined && part !== "").join(" ");
  return label.includes("(") ? `${label}: ${words}` : words;
}

function isSaid(value: string | string[] | undefined): boolean {
  return value !== undefined && value.length > 0;
}
