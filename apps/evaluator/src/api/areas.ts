import { aggregateRoutes } from "./aggregates.ts";
import { alertRoutes } from "./alerts.ts";
import { alertHooks } from "./alert-hooks.ts";
import { alertRuleRoutes } from "./alert-rules.ts";
import type { ApiArea } from "./area.ts";
import { queueRoutes } from "./queues.ts";
import { reportRoutes } from "./reports.ts";
import { sandboxRoutes } from "./sandboxes.ts";
import { sloRoutes } from "./slos.ts";

/** All areas of the HTTP surface; a new one is a file beside this and a line here. */
export const API_AREAS: readonly ApiArea[] = [
  // One a line, so that two additions do not meet.
  sloRoutes,
  reportRoutes,
  alertRuleRoutes,
  alertRoutes,
  alertHooks,
  queueRoutes,
  sandboxRoutes,
  aggregateRoutes,
];
