import { alertRoutes } from "./alerts.ts";
import { alertHooks } from "./alert-hooks.ts";
import type { ApiArea } from "./area.ts";
import { queueRoutes } from "./queues.ts";
import { sandboxRoutes } from "./sandboxes.ts";
import { sloRoutes } from "./slos.ts";

/** All areas of the HTTP surface; a new one is a file beside this and a line here. */
export const API_AREAS: readonly ApiArea[] = [sloRoutes, alertRoutes, alertHooks, queueRoutes, sandboxRoutes];
