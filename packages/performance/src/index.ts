export { instrumentEnv } from "./bindings/instrument-env.ts";
export { instrumentFetch } from "./bindings/outgoing-fetch.ts";
export type { MetricDimensions } from "./custom-metric.ts";
export {
  createPerformanceTracker,
  trackerOf,
  type PerformanceTracker,
  type PerformanceTrackerOptions,
} from "./performance-tracker.ts";
export { percentiles, type EndpointPercentiles, type PercentileAnswer, type PercentileQuestion } from "./read/percentiles.ts";
export { recordJob, type JobEvent } from "./request/record-job.ts";
export { endpointOf, recordRequest, type RequestEnd, type RequestRules } from "./request/record-request.ts";
export { statusOf } from "./request/status.ts";
export { slowRulesOf, type SlowAfterMs, type SlowRules } from "./request/slow.ts";
export { canFollowCalls, currentScope, runIn } from "./scope/current.ts";
export { requestIdOf } from "./scope/identity.ts";
export type { Frame } from "./scope/frame.ts";
export { Scope, type ScopeHost } from "./scope/scope.ts";
export { bridgeToSpan } from "./trace/bridge.ts";
export { traceOf } from "./trace/outgoing.ts";
export { parseTraceparent, type TraceContext } from "./trace/traceparent.ts";
export { worldOf, type World, type WorldOptions } from "./world/world.ts";
export { createTailHandler, type TailHandlerOptions } from "./tail/tail-handler.ts";
export { invocationFields, type TailedInvocation } from "./tail/invocation.ts";
export { readPlatform, type PlatformInvocations, type PlatformOptions, type PlatformReading } from "./platform/read-platform.ts";
