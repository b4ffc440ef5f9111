import type { Alert } from "../model/alert.ts";
import type { NotifyReason } from "../model/record.ts";
import { isLouder, loudest } from "../model/severity.ts";
import type { Target } from "../model/target.ts";
import { isLogOnly } from "../routing/routing.ts";
import type { EngineSettings } from "./settings.ts";
import type { ChannelLog } from "./state.ts";
import { targetsOf } from "./targets.ts";

/** A message a target is to get: why, from when on, and about which alerts. */
export interface Due {
  reason: NotifyReason;
  atMs: number;
  alerts: readonly Alert[];
}

/** What a decision looks at besides the group. */
export interface DueContext {
  settings: EngineSettings;
  isFlapping(alertId: string): boolean;
}

/**
 * What a target is to be told of a group next, or null for nothing. Pure in the group's alerts and the target's log, so the
 * answer is the same at every tick, after a restart, and however often it is asked.
 *
 * A target hears of the alerts that are routed to it and not held back. It hears of the end when the whole group is over; alerts
 * that are only logged, or held back and never told, hold no group open.
 */
export function nextDue(target: Target, group: readonly Alert[], log: ChannelLog | undefined, context: DueContext): Due | null {
  const { settings } = context;
  const alerts = group.filter((alert) => alert.status !== "pending");
  const told = alerts.filter((alert) => alert.told[target] !== undefined);
  const holding = alerts.filter((alert) => holdsOpen(alert, target, settings));
  if (told.length > 0 && holding.every((alert) => alert.status === "resolved")) return resolvedDue(told, holding, context);
  const audible = alerts.filter(
    (alert) => alert.status === "firing" && alert.hold === undefined && targetsOf(alert, settings).includes(target),
  );
  const reminder = reminderDue(target, audible, log, settings);
  // What was held back until now is due at once, and says why it comes: a repeat or first message long overdue would not.
  if (reminder !== null && !isGrowth(reminder.reason)) return reminder;
  return first([reminder, newsDue(target, audible, told, log, settings) ?? repeatDue(audible, log, settings)]);
}

function isGrowth(reason: NotifyReason): boolean {
  return reason === "count-rise" || reason === "new-error";
}

/** The earliest; of two at once the one that comes first in the list. */
function first(dues: readonly (Due | null)[]): Due | null {
  return dues.reduce((best, due) => (due !== null && (best === null || due.atMs < best.atMs) ? due : best), null);
}

function holdsOpen(alert: Alert, target: Target, settings: EngineSettings): boolean {
  if (alert.told[target] !== undefined) return true;
  return alert.hold === undefined && !isLogOnly(targetsOf(alert, settings));
}

/** The end waits a little, and longer for an alert that keeps coming back. */
function resolvedDue(told: readonly Alert[], ended: readonly Alert[], context: DueContext): Due {
  const { settings } = context;
  const endedAtMs = Math.max(...ended.map((alert) => alert.resolvedAtMs ?? 0));
  const flaps = ended.some((alert) => context.isFlapping(alert.id));
  return { reason: "resolved", atMs: endedAtMs + (flaps ? settings.flapping.quietMs : settings.resolveWaitMs), alerts: told };
}

/** Something about an alert that was told, or held back, that cannot wait for the repeat. */
function reminderDue(
  target: Target,
  audible: readonly Alert[],
  log: ChannelLog | undefined,
  settings: EngineSettings,
): Due | null {
  const dues = audible.map(({ reminder }): Due | null => {
    if (reminder === undefined || reminder.targets?.includes(target) === false) return null;
    if (log !== undefined && log.lastToldAtMs >= reminder.atMs) return null;
    const grows = isGrowth(reminder.reason);
    if (grows && log === undefined) return null;
    const atMs = grows && log ? Math.max(reminder.atMs, log.lastToldAtMs + settings.groupIntervalMs) : reminder.atMs;
    return { reason: reminder.reason, atMs, alerts: audible };
  });
  return first(dues);
}

/** First message, rise in severity, or new alerts: whichever is due first. */
function newsDue(
  target: Target,
  audible: readonly Alert[],
  told: readonly Alert[],
  log: ChannelLog | undefined,
  settings: EngineSettings,
): Due | null {
  const risen = audible.filter((alert) => hasRisen(alert, target));
  if (risen.length > 0) {
    return { reason: "severity-rise", atMs: earliest(risen, (alert) => alert.severitySinceMs), alerts: audible };
  }
  const fresh = audible.filter((alert) => alert.told[target] === undefined);
  if (fresh.length === 0) return null;
  const waitedAtMs = earliest(fresh, (alert) => toldFrom(alert, settings));
  if (told.length === 0 || log === undefined) return { reason: "first", atMs: waitedAtMs, alerts: audible };

  const loudestTold = loudest(told.map((alert) => alert.told[target] ?? "info"));
  const louder = fresh.filter((alert) => isLouder(alert.signal.labels.severity, loudestTold));
  if (louder.length > 0) {
    return { reason: "new-alerts", atMs: earliest(louder, (alert) => toldFrom(alert, settings)), alerts: audible };
  }
  return { reason: "new-alerts", atMs: Math.max(waitedAtMs, log.lastToldAtMs + settings.groupIntervalMs), alerts: audible };
}

/** When an alert has waited for company long enough; a test waits for none. */
function toldFrom(alert: Alert, settings: EngineSettings): number {
  return alert.severitySinceMs + (alert.signal.drill?.kind === "test" ? 0 : settings.groupWaitMs);
}

/** Somebody was told of it at a lower severity, and this target not yet at the present one. */
function hasRisen(alert: Alert, target: Target): boolean {
  const { severity } = alert.signal.labels;
  const here = alert.told[target];
  if (here !== undefined) return isLouder(severity, here);
  return Object.values(alert.told).some((elsewhere) => elsewhere !== undefined && isLouder(severity, elsewhere));
}

/** The same again, while somebody has not acknowledged. */
function repeatDue(audible: readonly Alert[], log: ChannelLog | undefined, settings: EngineSettings): Due | null {
  const open = audible.filter((alert) => alert.acknowledged === undefined);
  const intervalMs = settings.repeatIntervalMs[loudest(open.map((alert) => alert.signal.labels.severity))];
  if (log === undefined || open.length === 0 || intervalMs === null) return null;
  return { reason: "repeat", atMs: log.lastToldAtMs + intervalMs, alerts: audible };
}

function earliest(alerts: readonly Alert[], atMs: (alert: Alert) => number): number {
  return Math.min(...alerts.map(atMs));
}
