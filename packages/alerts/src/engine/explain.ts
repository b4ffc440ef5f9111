import { viewOf, type AlertView } from "../model/alert.ts";
import type { HistoryEntry, NotifyReason } from "../model/record.ts";
import type { Target } from "../model/target.ts";
import { nextDue } from "./due.ts";
import { escalatesAt } from "./escalate.ts";
import { isFlapping } from "./flapping.ts";
import type { EngineSettings } from "./settings.ts";
import type { EngineState } from "./state.ts";
import { routeOf, targetsAmong } from "./targets.ts";

/** Why an alert was told, or was not. */
export interface Explanation {
  alertId: string;
  /** Absent for an alert that is over and told. */
  alert?: AlertView;
  /** The line of the routes that decides, and who hears of it. */
  route?: string;
  targets: Target[];
  /** What each target hears next, and when (epoch ms), as things are now. */
  next: { target: Target; reason: NotifyReason; atMs: number }[];
  /** In plain words: what holds it back or moves it on. */
  because: string[];
  /** Its decisions, oldest first. */
  trace: HistoryEntry[];
}

/** Explains an alert from the state as it is, and its history. */
export function explain(
  state: EngineState,
  alertId: string,
  history: readonly HistoryEntry[],
  settings: EngineSettings,
): Explanation {
  const trace = history
    .filter((entry) => entry.alertId === undefined || entry.alertId === alertId)
    .sort((a, b) => a.atMs - b.atMs);
  const alert = state.alerts.get(alertId);
  if (alert === undefined) return { alertId, targets: [], next: [], because: ["It is over, and its end is told."], trace };
  const group = state.groups.get(alert.groupKey);
  const members = [...state.alerts.values()].filter(({ groupKey }) => groupKey === alert.groupKey);
  const context = {
    settings,
    isFlapping: (id: string) => isFlapping({ nowMs: state.nowMs, settings, begins: state.begins }, id),
  };
  const next = targetsAmong(members, settings).flatMap((target) => {
    const due = nextDue(target, members, group?.channels[target], context);
    return due === null || !due.alerts.some(({ id }) => id === alertId) ? [] : [{ target, reason: due.reason, atMs: due.atMs }];
  });
  const { route, targets } = routeOf(alert, settings);
  return {
    alertId,
    alert: viewOf(alert),
    route,
    targets: [...targets],
    next,
    because: reasonsOf(state, alertId, settings),
    trace,
  };
}

function reasonsOf(state: EngineState, alertId: string, settings: EngineSettings): string[] {
  const alert = state.alerts.get(alertId);
  if (alert === undefined) return [];
  const { pendingForMs = 0, labels } = alert.signal;
  const { targets } = routeOf(alert, settings);
  const escalates = escalatesAt(alert, settings);
  const reasons = [
    alert.status === "pending" && `It is pending: its rule wants it to last ${pendingForMs / 1000} s before anybody is told.`,
    alert.hold && `Nobody is told while it is ${alert.hold.text}.`,
    alert.acknowledged &&
      `${alert.acknowledged.by} acknowledged it, so it is not repeated before ${iso(alert.acknowledged.untilMs)}.`,
    alert.frozenSinceMs !== undefined && `There has been no data since ${iso(alert.frozenSinceMs)}: it neither grows nor ends.`,
    alert.endsAtMs !== undefined && `It is over unless it comes back before ${iso(alert.endsAtMs)}.`,
    isFlapping({ nowMs: state.nowMs, settings, begins: state.begins }, alertId) &&
      "It flaps: its end is told after some quiet only.",
    escalates !== null &&
      `It goes to level ${(alert.escalation?.level ?? 0) + 2} at ${iso(escalates)} unless somebody acknowledges.`,
    targets.every((target) => target === "log") && `Its route sends ${labels.severity} to the log only.`,
    ...targets.map((target) => {
      const missing = settings.unavailable(target);
      return missing !== undefined && `${target} is not told: ${missing}.`;
    }),
  ];
  return reasons.filter((reason): reason is string => typeof reason === "string");
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z");
}
