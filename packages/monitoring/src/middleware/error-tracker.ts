export { createErrorTracker, type ErrorTracker, type ErrorTrackerOptions } from "@monotask/middleware";
