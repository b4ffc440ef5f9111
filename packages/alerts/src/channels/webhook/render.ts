import { truncateBytes } from "../../model/text.ts";
import type { Notification } from "../../notification/notification.ts";
import { headline, linksOf, situationLine, subjectLine } from "../../notification/words.ts";

/** What the generic webhook posts. Fields are only ever added. */
export interface WebhookMessage {
  version: 1;
  /** The same on every retry. */
  id: string;
  kind: Notification["kind"];
  reason: Notification["reason"];
  severity: Notification["severity"];
  groupKey: string;
  labels: Record<string, string>;
  /** ISO 8601, UTC. */
  startsAt: string;
  decidedAt: string;
  title: string;
  headline: string;
  situation: string;
  alerts: WebhookAlert[];
  omittedAlerts: number;
  inhibited: string[];
  notes: string[];
  links: { text: string; url: string }[];
  drill?: "test" | "drill";
  digest?: Notification["digest"];
}

/** One alert of a message. */
export interface WebhookAlert {
  id: string;
  name: string;
  status: "firing" | "resolved";
  labels: Record<string, string>;
  count: number;
  summary: string;
  description: string;
  value?: string;
  threshold?: string;
  acknowledgedBy?: string;
}

/** Bytes of a description: forty alerts stay well below what services take. */
const MAX_DESCRIPTION_BYTES = 1_000;

/** The notification as data. */
export function renderWebhook(notification: Notification): WebhookMessage {
  const { id, kind, reason, severity, groupKey, groupLabels, omittedAlerts, inhibited, notes, drill, digest } = notification;
  return {
    version: 1,
    ...{ id, kind, reason, severity, groupKey, labels: groupLabels },
    startsAt: new Date(notification.startsAtMs).toISOString(),
    decidedAt: new Date(notification.decidedAtMs).toISOString(),
    title: subjectLine(notification),
    headline: headline(notification),
    situation: situationLine(notification),
    alerts: notification.alerts.map(alertOf),
    ...{ omittedAlerts, inhibited, notes, links: linksOf(notification) },
    ...(drill && { drill }),
    ...(digest && { digest }),
  };
}

function alertOf({ id, status, count, signal, acknowledged }: Notification["alerts"][number]): WebhookAlert {
  return {
    ...{ id, name: signal.name, status, labels: signal.labels, count, summary: signal.summary },
    description: truncateBytes(signal.description, MAX_DESCRIPTION_BYTES),
    ...(signal.value !== undefined && { value: signal.value }),
    ...(signal.threshold !== undefined && { threshold: signal.threshold }),
    ...(acknowledged && { acknowledgedBy: acknowledged.by }),
  };
}
