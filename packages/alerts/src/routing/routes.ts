import type { Severity } from "../model/severity.ts";
import type { Target } from "../model/target.ts";

/** Which targets hear which severity. */
export type Routes = Readonly<Record<Severity, readonly Target[]>>;

/** The specification's routes: critical is told everywhere, warning is posted, info is logged only. */
export const defaultRoutes: Routes = {
  critical: ["email", "slack", "pagerduty", "log"],
  warning: ["slack", "log"],
  info: ["log"],
};
