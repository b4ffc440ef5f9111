import type { Alert } from "../model/alert.ts";
import { record, type Draft } from "./draft.ts";
import type { EngineSettings } from "./settings.ts";
import { routeOf } from "./targets.ts";

/** Takes alerts that nobody acknowledged to their next level. */
export function escalate(draft: Draft, alerts: readonly Alert[]): void {
  for (const { id } of alerts) {
    const alert = draft.alerts.get(id);
    const atMs = alert === undefined ? null : escalatesAt(alert, draft.settings);
    if (alert?.escalation === undefined || atMs === null || atMs > draft.nowMs) continue;
    const { level } = alert.escalation;
    const targets = routeOf(alert, draft.settings).escalation[level]?.targets ?? [];
    draft.alerts.set(id, {
      ...alert,
      escalation: { level: level + 1, sinceMs: draft.nowMs },
      reminder: { reason: "escalation", atMs: draft.nowMs, targets },
    });
    draft.touchedGroups.add(alert.groupKey);
    record(draft, "escalated", alert.groupKey, `nobody acknowledged: level ${level + 2}, ${targets.join(", ")}`, id);
  }
}

/** When an alert goes to its next level if nobody acknowledges, or null. */
export function escalatesAt(alert: Alert, settings: EngineSettings): number | null {
  if (alert.status !== "firing" || alert.hold || alert.acknowledged || alert.escalation === undefined) return null;
  const next = routeOf(alert, settings).escalation[alert.escalation.level];
  return next === undefined ? null : alert.escalation.sinceMs + next.afterMs;
}
