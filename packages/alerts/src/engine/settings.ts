import { DEFAULT_GROUP_BY } from "../model/identity.ts";
import type { Matcher } from "../model/matcher.ts";
import type { Severity } from "../model/severity.ts";
import type { ChannelName, Target } from "../model/target.ts";
import { defaultRoutes } from "../routing/routes.ts";
import { routingBySeverity, type Routing } from "../routing/routing.ts";

/** Alerts that hide others: while a `source` fires, no `target` with equal values of the labels is told. */
export interface Inhibition {
  name: string;
  source: readonly Matcher[];
  target: readonly Matcher[];
  equal: readonly string[];
}

/** Timings and routes of the alert engine; a rules file sets them. */
export interface EngineSettings {
  /** Targets, escalation levels and quiet hours of an alert. @default by severity; only production pages */
  routing: Routing;
  /** Which alerts hide which, by equal labels; the message lists what it hides. @default critical hides warning, page hides ticket */
  inhibitions: readonly Inhibition[];
  /** Address of the dashboard: messages link to its pages and runbooks. @default `DASHBOARD_URL`; none */
  dashboardUrl?: string;
  /** Labels whose equal values make one group. @default environment, worker, symptom */
  groupBy: readonly string[];
  /** How long a new group waits for company before it is told. @default 10 s */
  groupWaitMs: number;
  /** Least time between two messages about new alerts, or a risen count, of a told group; louder ones wait `groupWaitMs` only. @default 5 min */
  groupIntervalMs: number;
  /** How long an empty group waits, in case it fires again, before its end is told. @default 10 s */
  resolveWaitMs: number;
  /** When a group that still fires is told again while nobody has acknowledged; null for never. @default critical 1 h, warning 12 h, info never */
  repeatIntervalMs: Readonly<Record<Severity, number | null>>;
  /** A worker's alert ends this long after its last raise. @default 5 min */
  resolveTimeoutMs: number;
  /** How long an acknowledgement holds; then the alert is told again. @default 4 h */
  acknowledgementMs: number;
  /** An alert that began this often within the window flaps: its end is told after this much quiet only. @default 4 beginnings in 1 h, 10 min */
  flapping: { begins: number; windowMs: number; quietMs: number };
  /** A count that grew this many times since it was told, by at least so many, is news. @default 10 times, at least 100 */
  countRise: { factor: number; atLeast: number };
  /** How long before its end people are warned of a silence that hides something. @default 1 h */
  silenceWarningMs: number;
  /** A message that waited longer than this is late: what is late is told in one digest. @default 10 min */
  lateAfterMs: number;
  /** Targets that cannot be used, with the reason and the fix ("not configured, set SLACK_WEBHOOK_URL"). @default all can be used */
  unavailable: (target: Target) => string | undefined;
  /** Least time between two messages on a channel. @default Slack 1,000 */
  channelIntervalMs: Readonly<Partial<Record<ChannelName, number>>>;
  /** A delivery that has not reported back after this long is tried again. @default 60 s */
  leaseMs: number;
  /** First wait of a failed delivery; it doubles with each attempt up to the longest, ± 25 %; `Retry-After` is obeyed. @default 5 s to 5 min */
  backoffMs: { first: number; longest: number };
  /** A delivery that has failed for this long is given up. @default 24 h */
  giveUpAfterMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The shipped inhibitions. */
export const defaultInhibitions: readonly Inhibition[] = [
  {
    name: "critical hides warning of the same worker",
    source: [{ label: "severity", op: "=", value: "critical" }],
    target: [{ label: "severity", op: "=", value: "warning" }],
    equal: ["environment", "worker"],
  },
  {
    name: "a page hides the ticket of the same SLO",
    source: [
      { label: "severity", op: "=", value: "critical" },
      { label: "slo", op: "!=", value: "" },
    ],
    target: [
      { label: "severity", op: "!=", value: "critical" },
      { label: "slo", op: "!=", value: "" },
    ],
    equal: ["environment", "slo"],
  },
];

/** The shipped settings. Slack allows one message a second on each webhook (api.slack.com/docs/rate-limits). */
export const defaultSettings: EngineSettings = {
  routing: /* @__PURE__ */ routingBySeverity(defaultRoutes),
  inhibitions: defaultInhibitions,
  groupBy: DEFAULT_GROUP_BY,
  groupWaitMs: 10_000,
  groupIntervalMs: 5 * MINUTE_MS,
  resolveWaitMs: 10_000,
  repeatIntervalMs: { critical: HOUR_MS, warning: 12 * HOUR_MS, info: null },
  resolveTimeoutMs: 5 * MINUTE_MS,
  acknowledgementMs: 4 * HOUR_MS,
  flapping: { begins: 4, windowMs: HOUR_MS, quietMs: 10 * MINUTE_MS },
  countRise: { factor: 10, atLeast: 100 },
  silenceWarningMs: HOUR_MS,
  lateAfterMs: 10 * MINUTE_MS,
  unavailable: () => undefined,
  channelIntervalMs: { slack: 1_000 },
  leaseMs: MINUTE_MS,
  backoffMs: { first: 5_000, longest: 5 * MINUTE_MS },
  giveUpAfterMs: 24 * HOUR_MS,
};
