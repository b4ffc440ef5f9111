export type { ErrorCategory } from "./category.ts";
export { classifyError, type Classification } from "./classify.ts";
export { describeError, type ErrorShape } from "./describe-error.ts";
export { createErrorAlerter, errorAlerterOver, type ErrorAlerter, type ErrorAlerterOptions } from "./error-alerter.ts";
export type { ErrorDetails, MonitoringError } from "./monitoring-error.ts";
