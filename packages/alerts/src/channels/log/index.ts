import type { LogLevel, LogLine } from "@monotask/telemetry";
import type { Severity } from "../../model/severity.ts";
import type { Notification } from "../../notification/notification.ts";
import { subjectLine, workerOf } from "../../notification/words.ts";
import type { Channel } from "../channel.ts";

const LEVELS: Record<Severity, LogLevel> = { critical: "error", warning: "warn", info: "info" };

/** The worker's own log: one JSON line for each notification, whatever LOG_LEVEL says. Always there. */
export const log: Channel<LogLine> = {
  name: "log",
  missing: () => undefined,
  render: renderLog,
  async deliver(line, { write }) {
    write(JSON.stringify(line), line.level);
    return { kind: "delivered" };
  },
};

function renderLog(notification: Notification): LogLine {
  const { id, kind, reason, severity, groupKey, startsAtMs, omittedAlerts, notes } = notification;
  return {
    level: kind === "resolved" ? "info" : LEVELS[severity],
    timestamp: notification.decidedAtMs,
    workerName: workerOf(notification),
    requestId: notification.alerts[0]?.signal.sample?.requestId ?? "",
    message: subjectLine(notification),
    metadata: {
      ...{ notificationId: id, kind, reason, severity, groupKey, startsAt: startsAtMs, notTold: notes, omittedAlerts },
      alerts: notification.alerts.map(({ id: alertId, status, count, signal }) => ({
        ...{ id: alertId, name: signal.name, status, severity: signal.labels.severity, count, summary: signal.summary },
        ...(signal.value !== undefined && { value: signal.value }),
        ...(signal.threshold !== undefined && { threshold: signal.threshold }),
      })),
    },
  };
}
