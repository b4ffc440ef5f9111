import type { Alert } from "../model/alert.ts";
import type { NotifyReason } from "../model/record.ts";
import { isLouder, loudest } from "../model/severity.ts";
import { isLogOnly, type ChannelName } from "../routing/routes.ts";
import type { EngineSettings } from "./settings.ts";
import type { ChannelLog } from "./state.ts";

/** A message a channel is to get: why, from when on, and about which alerts. */
export interface Due {
  reason: NotifyReason;
  atMs: number;
  alerts: readonly Alert[];
}

/**
 * What a channel is to be told of a group next, or null for nothing. Pure in the group's alerts and the channel's log, so the
 * answer is the same at every tick, after a restart, and however often it is asked.
 *
 * A channel hears of the alerts whose severity is routed to it. It hears of the end when the whole group is over; alerts that
 * are only logged hold no group open, except towards a channel that was told of them.
 */
export function nextDue(
  channel: ChannelName,
  alerts: readonly Alert[],
  log: ChannelLog | undefined,
  settings: EngineSettings,
): Due | null {
  const told = alerts.filter((alert) => alert.told[channel] !== undefined);
  const firing = alerts.filter((alert) => alert.status === "firing");
  const holding = alerts.filter((alert) => holdsOpen(alert, channel, settings));
  if (told.length > 0 && holding.every((alert) => alert.status === "resolved")) return resolvedDue(told, holding, settings);
  const audible = firing.filter((alert) => settings.routes[alert.signal.labels.severity].includes(channel));
  return newsDue(channel, audible, told, log, settings) ?? repeatDue(audible, log, settings);
}

function holdsOpen(alert: Alert, channel: ChannelName, settings: EngineSettings): boolean {
  return alert.told[channel] !== undefined || !isLogOnly(settings.routes, alert.signal.labels.severity);
}

function resolvedDue(told: readonly Alert[], ended: readonly Alert[], settings: EngineSettings): Due {
  const endedAtMs = Math.max(...ended.map((alert) => alert.resolvedAtMs ?? 0));
  return { reason: "resolved", atMs: endedAtMs + settings.resolveWaitMs, alerts: told };
}

/** First message, rise in severity, or new alerts: whichever is due first. */
function newsDue(
  channel: ChannelName,
  audible: readonly Alert[],
  told: readonly Alert[],
  log: ChannelLog | undefined,
  settings: EngineSettings,
): Due | null {
  const risen = audible.filter((alert) => hasRisen(alert, channel));
  if (risen.length > 0) {
    return { reason: "severity-rise", atMs: earliest(risen, (alert) => alert.severitySinceMs), alerts: audible };
  }
  const fresh = audible.filter((alert) => alert.told[channel] === undefined);
  if (fresh.length === 0) return null;
  const waitedAtMs = earliest(fresh, (alert) => alert.severitySinceMs) + settings.groupWaitMs;
  if (told.length === 0 || log === undefined) return { reason: "first", atMs: waitedAtMs, alerts: audible };

  const loudestTold = loudest(told.map((alert) => alert.told[channel] ?? "info"));
  const louder = fresh.filter((alert) => isLouder(alert.signal.labels.severity, loudestTold));
  if (louder.length > 0) {
    return {
      reason: "new-alerts",
      atMs: earliest(louder, (alert) => alert.severitySinceMs) + settings.groupWaitMs,
      alerts: audible,
    };
  }
  return { reason: "new-alerts", atMs: Math.max(waitedAtMs, log.lastToldAtMs + settings.groupIntervalMs), alerts: audible };
}

/** Somebody was told of it at a lower severity, and this channel not yet at the present one. */
function hasRisen(alert: Alert, channel: ChannelName): boolean {
  const { severity } = alert.signal.labels;
  const here = alert.told[channel];
  if (here !== undefined) return isLouder(severity, here);
  return Object.values(alert.told).some((elsewhere) => isLouder(severity, elsewhere));
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
