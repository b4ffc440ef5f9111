export type { MetricDimensions } from "./custom-metric.ts";
export {
  createPerformanceTracker,
  type PerformanceTracker,
  type PerformanceTrackerOptions,
  type RequestEnd,
} from "./performance-tracker.ts";
export { reopenRequest } from "./recorded-requests.ts";
