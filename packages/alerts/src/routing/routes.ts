import type { Severity } from "../model/severity.ts";

/** The places an alert can be told. */
export type ChannelName = "email" | "slack" | "pagerduty" | "log";

/** All channels, in the order in which they are named to people. */
export const CHANNEL_NAMES: readonly ChannelName[] = ["email", "slack", "pagerduty", "log"];

/** Which channels hear which severity. */
export type Routes = Readonly<Record<Severity, readonly ChannelName[]>>;

/** The specification's routes: critical is told everywhere, warning is posted, info is logged only. */
export const defaultRoutes: Routes = {
  critical: ["email", "slack", "pagerduty", "log"],
  warning: ["slack", "log"],
  info: ["log"],
};

/** True when nobody is told of this severity: it is written to the log and holds no incident open. */
export function isLogOnly(routes: Routes, severity: Severity): boolean {
  return routes[severity].every((channel) => channel === "log");
}
