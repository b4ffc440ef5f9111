import { ambientKeepAlive, type Settings, type Writer } from "@monotask/telemetry";
import { customMetricFields, type MetricDimensions } from "./custom-metric.ts";
import { recordRequest, type RequestEnd } from "./request/record-request.ts";
import { slowRulesOf, type SlowAfterMs } from "./request/slow.ts";
import { statusOf } from "./request/status.ts";
import { currentScope, runIn } from "./scope/current.ts";
import type { Muted } from "./scope/frame.ts";
import { sharedIdOf } from "./scope/identity.ts";
import { Scope } from "./scope/scope.ts";
import { inSpan } from "./trace/bridge.ts";
import { worldOf } from "./world/world.ts";

export interface PerformanceTrackerOptions {
  /** From how long on a request is slow and always kept: for all, or by route with `*` for the rest. @default 500, executions 30,000 */
  readonly slowAfterMs?: SlowAfterMs;
  /** Names the route of a request; undefined leaves it to the default. @default the path with its ids replaced */
  readonly route?: (request: Request) => string | undefined;
  /** Requests that are always kept. @default agent executions (`…/execute`) and task state transitions (`…/transitions`), whatever the method but GET */
  readonly critical?: (request: Request, route: string) => boolean;
  /** `ctx.waitUntil`; needed only where the dataset answers with a promise. @default the running invocation's */
  readonly keepAlive?: (work: Promise<unknown>) => void;
  /** Settings that were read already. @default read from env */
  readonly settings?: Settings;
  /** The invocation's writer. @default a new one */
  readonly writer?: Writer;
  /** Real monotonic milliseconds, for durations. @default `performance.now` */
  readonly nowMs?: () => number;
  /** Uniform in [0, 1), for sampling. @default `Math.random` */
  readonly random?: () => number;
}

/** Measures one request. */
export interface PerformanceTracker {
  /** Starts the request's time; without it the time starts when the tracker was made. Under `monitor` it has started already. */
  startRequest(): void;
  /** Runs a database query and counts its time, once also where its binding is instrumented; its value or error passes through. */
  wrapDbQuery<T>(query: () => T | Promise<T>): Promise<T>;
  /** Runs a call to another service and counts its time, once also where `fetch` is instrumented; its value or error passes through. */
  wrapExternalApi<T>(call: () => T | Promise<T>): Promise<T>;
  /**
   * Writes a metric of your own, never sampled: only beyond 150 points of an invocation are they thinned, with their weight. The first 8
   * dimensions are kept.
   */
  trackCustomMetric(name: string, value: number, unit: string, dimensions?: MetricDimensions): Promise<void>;
  /** Marks the request as a critical operation, which is always kept; the name lands in a custom metric `critical_operation`. */
  critical(name: string): void;
  /** Writes the request's point if it is kept. One point for each request, whoever ends it. Never rejects. */
  endRequest(request: Request, response: Response, requestId?: string): Promise<void>;
  /** The same at once, with more known: for wrappers that must not wait. Never throws. */
  recordRequest(request: Request, statusCode: number, end: RequestEnd): void;
}

/**
 * Measures requests of one worker and writes one wide point for each that is kept. Under `monitor` it is the running request's.
 * @param env the worker's bindings and vars, of any type; used: ANALYTICS and the settings
 */
export function createPerformanceTracker(
  env: object,
  workerName: string,
  options: PerformanceTrackerOptions = {},
): PerformanceTracker {
  const running = currentScope();
  if (running?.subject instanceof Request) return trackerOf(running, options);
  const { writer, ...known } = options;
  const world = worldOf(env, workerName, known);
  const host = writer ? { ...world, openWriter: () => writer } : world;
  const open = (): Scope => new Scope(host, undefined, undefined, options.keepAlive ?? ambientKeepAlive());
  return trackerOf(open(), options, open);
}

/** The tracker of a scope. @param reopen makes the scope of the next request, where a tracker outlives one */
export function trackerOf(first: Scope, options: PerformanceTrackerOptions, reopen?: () => Scope): PerformanceTracker {
  const rules = { slow: slowRulesOf(options.slowAfterMs), route: options.route, critical: options.critical };
  let scope = first;
  let lastRequest: Request | undefined;

  /** One point for each request: a tracker that is used for another one starts anew. */
  function record(request: Request, statusCode: number, end: RequestEnd): void {
    if (reopen && scope.isRecorded && request !== lastRequest) scope = reopen();
    lastRequest = request;
    recordRequest(scope, request, statusCode, rules, end);
  }

  const trackCustomMetric: PerformanceTracker["trackCustomMetric"] = (name, value, unit, dimensions = {}) => {
    scope.writer.write("custom", { requestId: sharedIdOf(scope), ...customMetricFields(name, value, unit, dimensions) });
    return Promise.resolve();
  };

  /**
   * The binding below finds what it does muted, so that one query is one query: also where the call gives a query that runs when it is
   * awaited, as query builders do.
   */
  function measured<T>(mutes: Muted, name: string, call: () => T | Promise<T>): Promise<T> {
    const meter = mutes === "database" ? scope.usage.database : scope.usage.external;
    return meter.measure(() => inSpan(scope.ctx, name, () => runIn({ scope, mutes }, async () => await call())));
  }

  return {
    startRequest() {
      if (reopen) scope = reopen();
    },
    wrapDbQuery: (query) => measured("database", "database query", query),
    wrapExternalApi: (call) => measured("external", "external call", call),
    trackCustomMetric,
    critical(name) {
      scope.isCritical = true;
      void trackCustomMetric("critical_operation", 1, "count", { name });
    },
    endRequest(request, response, requestId) {
      record(request, statusOf(response), { requestId });
      return Promise.resolve();
    },
    recordRequest: record,
  };
}
