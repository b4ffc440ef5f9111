import { describeError } from "@monotask/errors";
import {
  recordRequest,
  requestIdOf,
  runIn,
  Scope,
  slowRulesOf,
  statusOf,
  trackerOf,
  worldOf,
  type PerformanceTracker,
  type PerformanceTrackerOptions,
} from "@monotask/performance";
import { ambientKeepAlive } from "@monotask/telemetry";
import { rememberScope, scopeOf } from "./scope-of.ts";

export interface PerformanceMiddlewareOptions extends PerformanceTrackerOptions {
  readonly workerName: string;
}

export interface PerformanceMiddleware {
  /** Runs a handler, writes the request's point, and returns the handler's own response; what it throws is thrown on. */
  trackPerformance<R extends Response>(request: Request, handler: (tracker: PerformanceTracker) => R | Promise<R>): Promise<R>;
}

/** Performance tracking for one worker. Under `monitor` the request's own tracker is handed on, so that there is one point. */
export function createPerformanceMiddleware(env: object, options: PerformanceMiddlewareOptions): PerformanceMiddleware {
  const { workerName, writer, ...known } = options;
  const rules = { slow: slowRulesOf(options.slowAfterMs), route: options.route, critical: options.critical };
  return {
    async trackPerformance(request, handler) {
      const running = scopeOf(request);
      if (running?.subject instanceof Request) return handler(trackerOf(running, options));
      const world = worldOf(env, workerName, known);
      const host = writer ? { ...world, openWriter: () => writer } : world;
      const scope = new Scope(host, request, undefined, options.keepAlive ?? ambientKeepAlive());
      rememberScope(scope);
      const requestId = requestIdOf(scope, request);
      try {
        const tracker = trackerOf(scope, options);
        const response = await runIn(scope, () => handler(tracker));
        recordRequest(scope, request, statusOf(response), rules, { requestId });
        return response;
      } catch (error) {
        recordRequest(scope, request, describeError(error).statusCode ?? 500, rules, { requestId, hasThrown: true });
        throw error;
      }
    },
  };
}
