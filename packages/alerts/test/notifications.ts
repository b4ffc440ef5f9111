import { createNotification, type Alert, type AlertSignal, type Notification, type NotificationContext } from "../src/index.ts";
import { signal, type SignalFields } from "./signals.ts";

/** 2026-11-24 03:15 UTC, the moment at which test notifications are decided. */
export const DECIDED_AT_MS: number = Date.UTC(2026, 10, 24, 3, 15);
/** Three minutes before. */
export const STARTED_AT_MS: number = DECIDED_AT_MS - 180_000;

/** The alert of three in the morning. */
export const burn: AlertSignal = signal(
  "slo:api-availability",
  { worker: "api-gateway", symptom: "availability" },
  {
    startsAt: STARTED_AT_MS,
    summary: "API availability is burning 44× its budget",
    description:
      "412 of 9,310 requests failed in the last hour. 6,200 of 6,703 failures of budget left; at this rate gone in 15 h.",
    value: "4.4 %",
    threshold: "0.1 %",
    runbookUrl: "https://runbooks.example/high-error-rate",
    dashboardUrl: "https://dash.example/?from=02:45&to=03:15",
    sample: { error: "D1_ERROR: no such column: priority", requestId: "req-1", fingerprint: "f00d" },
    suggestedChecks: ["errors began within one minute of a deploy: wrangler rollback --name api-gateway", "look at D1"],
  },
);

/** An alert of the engine, firing unless it is given an end. */
export function alertFrom(from: AlertSignal, fields: Partial<Alert> = {}): Alert {
  return {
    id: from.name,
    groupKey: "environment=production,worker=api-gateway,symptom=availability",
    status: fields.resolvedAtMs === undefined ? "firing" : "resolved",
    source: "evaluator",
    signal: from,
    firedAtMs: from.startsAt,
    severitySinceMs: from.startsAt,
    lastRaisedAtMs: from.startsAt,
    count: 1,
    told: {},
    ...fields,
  };
}

/** A notification about the alerts, the first of its outage unless said otherwise. */
export function notificationOf(alerts: Alert[], context: Partial<NotificationContext> = {}): Notification {
  const labels = alerts[0]?.signal.labels;
  return createNotification(alerts, {
    id: "environment=production,worker=api-gateway,symptom=availability/1/firing/1",
    groupKey: "environment=production,worker=api-gateway,symptom=availability",
    groupLabels: { environment: "production", worker: labels?.worker ?? "", symptom: labels?.symptom ?? "" },
    kind: context.reason === "resolved" ? "resolved" : "firing",
    reason: "first",
    decidedAtMs: DECIDED_AT_MS,
    notes: [],
    newIds: new Set(alerts.map(({ id }) => id)),
    ...context,
  });
}

/** A notification that tries every limit: many alerts, long texts of the given character, hostile markup. */
export function oversized(character: string, alertCount: number, fields: SignalFields = {}): Notification {
  const long = character.repeat(6_000);
  const alerts = Array.from({ length: alertCount }, (_, n) =>
    alertFrom(
      signal(
        `rule-${n}`,
        { worker: long.slice(0, 150), ...fields },
        {
          startsAt: STARTED_AT_MS,
          summary: long.slice(0, 400),
          description: long.slice(0, 4_000),
          value: long.slice(0, 90),
          runbookUrl: "https://runbooks.example/" + "a".repeat(1_900),
          dashboardUrl: "https://dash.example/" + "b".repeat(1_900),
          sample: { error: long.slice(0, 900), stack: long, requestId: "r" },
          suggestedChecks: Array.from({ length: 10 }, () => long.slice(0, 400)),
        },
      ),
    ),
  );
  return notificationOf(alerts, { notes: Array.from({ length: 4 }, () => long.slice(0, 300)) });
}
