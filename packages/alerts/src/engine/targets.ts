import type { Alert } from "../model/alert.ts";
import { sortTargets, targetsIn, type Target } from "../model/target.ts";
import type { RouteDecision } from "../routing/routing.ts";
import type { EngineSettings } from "./settings.ts";

/** Who hears of an alert: its route and the levels it has reached; a drill goes where it was sent and nowhere else. */
export function targetsOf(alert: Alert, settings: EngineSettings): readonly Target[] {
  const { targets, escalation } = routeOf(alert, settings);
  const level = alert.escalation?.level ?? 0;
  return level === 0 ? targets : [...targets, ...escalation.slice(0, level).flatMap((step) => step.targets)];
}

/** The route of an alert. */
export function routeOf(alert: Alert, settings: EngineSettings): RouteDecision {
  const { drill, labels } = alert.signal;
  if (drill) return { route: drill.kind, targets: drill.targets, escalation: [] };
  return settings.routing.decide(labels);
}

/** Every target that has something to do with these alerts: it hears of them, or was told and waits for their end. */
export function targetsAmong(alerts: readonly Alert[], settings: EngineSettings): Target[] {
  return sortTargets(alerts.flatMap((alert) => [...targetsOf(alert, settings), ...targetsIn(alert.told)]));
}
