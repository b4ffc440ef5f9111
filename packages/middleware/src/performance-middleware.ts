import { createPerformanceTracker, type PerformanceTracker, type PerformanceTrackerOptions } from "@monotask/performance";
import { describeError } from "@monotask/errors";
import { recordOf, requestIdOf } from "./request-record.ts";

export interface PerformanceMiddlewareOptions extends PerformanceTrackerOptions {
  readonly workerName: string;
}

export interface PerformanceMiddleware {
  /** Runs a handler, writes the request's point, and returns the handler's own response; what it throws is thrown on. */
  trackPerformance<R extends Response>(request: Request, handler: (tracker: PerformanceTracker) => R | Promise<R>): Promise<R>;
}

/** Performance tracking for one worker. Under `monitor` the request's own tracker is handed on, so that there is one point. */
export function createPerformanceMiddleware(env: object, options: PerformanceMiddlewareOptions): PerformanceMiddleware {
  return {
    async trackPerformance(request, handler) {
      const record = recordOf(request);
      if (record) return handler(record.tracker);
      const tracker = createPerformanceTracker(env, options.workerName, options);
      const requestId = requestIdOf(request);
      tracker.startRequest();
      try {
        const response = await handler(tracker);
        tracker.recordRequest(request, response.status, { requestId });
        return response;
      } catch (error) {
        tracker.recordRequest(request, describeError(error).statusCode ?? 500, { requestId, hasThrown: true });
        throw error;
      }
    },
  };
}
