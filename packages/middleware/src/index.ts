export { measureBody, type BodyMeter } from "./body-meter.ts";
export { createErrorTracker, type ErrorTracker, type ErrorTrackerOptions } from "./error-tracker.ts";
export {
  createPerformanceMiddleware,
  type PerformanceMiddleware,
  type PerformanceMiddlewareOptions,
} from "./performance-middleware.ts";
export { monitor } from "./monitor.ts";
export { monitorDurableObject, monitorEntrypoint, monitorWorkflow } from "./monitor-class.ts";
export { monotask, type HonoContext } from "./monotask.ts";
export type { MonitorOptions } from "./options.ts";
export { nameRoute, requestMonitor, type RequestMonitor } from "./request-monitor.ts";
export { requestIdOf } from "./scope-of.ts";
