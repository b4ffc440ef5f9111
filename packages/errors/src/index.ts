export { addBreadcrumb, type Breadcrumb, type LeftBreadcrumb } from "./breadcrumbs.ts";
export type { ErrorCategory } from "./category.ts";
export type { RelatedError } from "./chain.ts";
export { classifyError, type Classification } from "./classify.ts";
export { describeError, type ErrorShape } from "./describe-error.ts";
export {
  createErrorAlerter,
  errorAlerterOver,
  type ErrorAlerter,
  type ErrorAlerterOptions,
  type ErrorOptions,
} from "./error-alerter.ts";
export { hasToldError } from "./first-sight.ts";
export type { ErrorDetails, MonitoringError } from "./monitoring-error.ts";
export type { RequestContext } from "./request-context.ts";
export type { Threshold, Thresholds } from "./threshold.ts";
export type { ClassifyRule, ErrorPattern } from "./user-rules.ts";
export { watchCircuit, type WatchedCircuit } from "./watch-circuit.ts";
