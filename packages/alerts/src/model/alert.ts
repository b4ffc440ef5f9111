import { CHANNEL_NAMES, type ChannelName } from "../routing/routes.ts";
import type { Severity } from "./severity.ts";
import type { AlertSignal, RaiseSource } from "./signal.ts";

/** Who acknowledged, and when (epoch ms). */
export interface Acknowledgement {
  by: string;
  atMs: number;
}

/** One alert as the engine keeps it. */
export interface Alert {
  /** Hash of name and labels without severity. */
  id: string;
  groupKey: string;
  status: "firing" | "resolved";
  source: RaiseSource;
  /** The newest signal; `startsAt` is the earliest of this episode. */
  signal: AlertSignal;
  /** Epoch ms at which the engine first heard of this episode. */
  firedAtMs: number;
  /** Epoch ms at which the alert got its present severity. */
  severitySinceMs: number;
  lastRaisedAtMs: number;
  /** Occurrences in this episode. */
  count: number;
  /** The loudest severity each channel was told; a channel is taken out when it is told of the end. */
  told: Partial<Record<ChannelName, Severity>>;
  acknowledged?: Acknowledgement;
  resolvedAtMs?: number;
}

/** One alert as list and dashboard show it. */
export interface AlertView {
  id: string;
  groupKey: string;
  name: string;
  status: "firing" | "acknowledged" | "resolved";
  severity: Severity;
  labels: Record<string, string>;
  summary: string;
  description: string;
  value?: string;
  threshold?: string;
  /** Epoch ms. */
  startsAtMs: number;
  lastRaisedAtMs: number;
  endsAtMs?: number;
  count: number;
  acknowledged?: Acknowledgement;
  runbookUrl?: string;
  dashboardUrl?: string;
  /** Channels that were told of it and have not yet been told that it ended. */
  toldChannels: ChannelName[];
}

/** The alert as list and dashboard show it. */
export function viewOf(alert: Alert): AlertView {
  const { signal } = alert;
  const firing = alert.acknowledged === undefined ? "firing" : "acknowledged";
  return {
    id: alert.id,
    groupKey: alert.groupKey,
    name: signal.name,
    status: alert.status === "resolved" ? "resolved" : firing,
    severity: signal.labels.severity,
    labels: signal.labels,
    summary: signal.summary,
    description: signal.description,
    ...(signal.value !== undefined && { value: signal.value }),
    ...(signal.threshold !== undefined && { threshold: signal.threshold }),
    startsAtMs: signal.startsAt,
    lastRaisedAtMs: alert.lastRaisedAtMs,
    ...(alert.resolvedAtMs !== undefined && { endsAtMs: alert.resolvedAtMs }),
    count: alert.count,
    ...(alert.acknowledged && { acknowledged: alert.acknowledged }),
    ...(signal.runbookUrl !== undefined && { runbookUrl: signal.runbookUrl }),
    ...(signal.dashboardUrl !== undefined && { dashboardUrl: signal.dashboardUrl }),
    toldChannels: CHANNEL_NAMES.filter((channel) => alert.told[channel] !== undefined),
  };
}
