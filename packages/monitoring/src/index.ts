export { addBreadcrumb, classifyError, createErrorAlerter, describeError, watchCircuit } from "@monotask/errors";
export type {
  Breadcrumb,
  Classification,
  ClassifyRule,
  ErrorAlerter,
  ErrorAlerterOptions,
  ErrorCategory,
  ErrorDetails,
  ErrorOptions,
  ErrorShape,
  MonitoringError,
  RelatedError,
  RequestContext,
  Threshold,
  Thresholds,
  WatchedCircuit,
} from "@monotask/errors";
export { createPerformanceTracker, createTailHandler, percentiles } from "@monotask/performance";
export type {
  EndpointPercentiles,
  MetricDimensions,
  PercentileAnswer,
  PerformanceTracker,
  PerformanceTrackerOptions,
} from "@monotask/performance";
export {
  createErrorTracker,
  createPerformanceMiddleware,
  measureBody,
  monitor,
  monitorDurableObject,
  monitorEntrypoint,
  monitorWorkflow,
  monotask,
  nameRoute,
  requestIdOf,
  requestMonitor,
} from "@monotask/middleware";
export type {
  BodyMeter,
  ErrorTracker,
  ErrorTrackerOptions,
  HonoContext,
  MonitorOptions,
  PerformanceMiddleware,
  PerformanceMiddlewareOptions,
  RequestMonitor,
} from "@monotask/middleware";
export { eachMessage, giveUp, monitorQueue, retryLater } from "@monotask/queue";
export type { EachMessageOptions, MonitorQueueOptions, QueueOptions, RetryOptions } from "@monotask/queue";
export { createSandboxMonitor } from "@monotask/sandbox";
export type {
  ExecOutcome,
  PoolLimits,
  SandboxDriver,
  SandboxLease,
  SandboxMonitor,
  SandboxMonitorOptions,
} from "@monotask/sandbox";
export { createAlertClient, createManagerClient } from "@monotask/alerts";
export type { AlertClient, AlertSignal, Severity } from "@monotask/alerts";
export { createLogger, readSettings } from "@monotask/telemetry";
export type { Clock, Logger, Settings } from "@monotask/telemetry";
