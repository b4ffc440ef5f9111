import { DEFAULT_GROUP_BY } from "../model/identity.ts";
import type { Severity } from "../model/severity.ts";
import { defaultRoutes, type ChannelName, type Routes } from "../routing/routes.ts";

/** Timings and routes of the alert engine; all of them data, so that a rules file can set them. */
export interface EngineSettings {
  routes: Routes;
  /** Labels whose equal values make one group. */
  groupBy: readonly string[];
  /** How long a new group waits for company before it is told. */
  groupWaitMs: number;
  /** Least time between two messages about new alerts of a told group. */
  groupIntervalMs: number;
  /** How long an empty group waits, in case it fires again, before its end is told. */
  resolveWaitMs: number;
  /** When a group that still fires is told again; null for never. */
  repeatIntervalMs: Readonly<Record<Severity, number | null>>;
  /** A worker's alert ends this long after its last raise. */
  resolveTimeoutMs: number;
  /** Channels that cannot be used, with the reason and the fix ("not configured, set SLACK_WEBHOOK_URL"). */
  unavailable: Readonly<Partial<Record<ChannelName, string>>>;
  /** Least time between two messages on a channel. */
  channelIntervalMs: Readonly<Partial<Record<ChannelName, number>>>;
  /** A delivery that has not reported back after this long is tried again. */
  leaseMs: number;
  /** First wait of a failed delivery; it doubles with each attempt up to the longest. */
  backoffMs: { first: number; longest: number };
  /** A delivery that has failed for this long is given up. */
  giveUpAfterMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The shipped settings. Slack allows one message a second on each webhook (api.slack.com/docs/rate-limits). */
export const defaultSettings: EngineSettings = {
  routes: defaultRoutes,
  groupBy: DEFAULT_GROUP_BY,
  groupWaitMs: 10_000,
  groupIntervalMs: 5 * MINUTE_MS,
  resolveWaitMs: 10_000,
  repeatIntervalMs: { critical: HOUR_MS, warning: 12 * HOUR_MS, info: null },
  resolveTimeoutMs: 5 * MINUTE_MS,
  unavailable: {},
  channelIntervalMs: { slack: 1_000 },
  leaseMs: MINUTE_MS,
  backoffMs: { first: 5_000, longest: 5 * MINUTE_MS },
  giveUpAfterMs: 24 * HOUR_MS,
};
