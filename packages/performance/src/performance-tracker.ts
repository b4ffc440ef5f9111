import {
  createWriter,
  datasetOf,
  decideSample,
  propertyOf,
  readSettings,
  routePattern,
  type Settings,
  type Writer,
} from "@monotask/telemetry";
import { createCallMeter } from "./call-meter.ts";
import { customMetricFields, type MetricDimensions } from "./custom-metric.ts";
import { claimRequest } from "./recorded-requests.ts";

/** The specification's objectives for database queries, P95 < 50 ms and P99 < 100 ms: what reaches them is counted query by query. */
const DB_SLOW_MS = 50;
const DB_VERY_SLOW_MS = 100;

export interface PerformanceTrackerOptions {
  /** Requests that take this long are slow and always kept. By default none is. */
  readonly slowAfterMs?: number;
  /** Names the route of a request; by default the path with its ids replaced. */
  readonly route?: (request: Request) => string;
  /** `ctx.waitUntil`; needed only where the dataset answers with a promise. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
  readonly settings?: Settings;
  readonly writer?: Writer;
  /** Real monotonic milliseconds, for durations. */
  readonly nowMs?: () => number;
  /** Uniform in [0, 1), for sampling. */
  readonly random?: () => number;
}

/** How a request ended, where that is known better than its response tells. */
export interface RequestEnd {
  readonly requestId?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly hasThrown?: boolean;
  readonly isCritical?: boolean;
}

/** Measures one request. */
export interface PerformanceTracker {
  /** Starts the request's time; without it the time starts when the tracker was made. */
  startRequest(): void;
  /** Runs a database query and counts its time; its value or error passes through. */
  wrapDbQuery<T>(query: () => T | Promise<T>): Promise<T>;
  /** Runs a call to another service and counts its time; its value or error passes through. */
  wrapExternalApi<T>(call: () => T | Promise<T>): Promise<T>;
  /** Writes a metric of your own, never sampled. The first 8 dimensions are kept. */
  trackCustomMetric(name: string, value: number, unit: string, dimensions?: MetricDimensions): Promise<void>;
  /** Marks the request as a critical operation, which is always kept; the name lands in a custom metric `critical_operation`. */
  critical(name: string): void;
  /** Writes the request's point if it is kept. One point for each request, whoever ends it. Never rejects. */
  endRequest(request: Request, response: Response, requestId?: string): Promise<void>;
  /** The same at once, with more known: for wrappers that must not wait. Never throws. */
  recordRequest(request: Request, statusCode: number, end: RequestEnd): void;
}

/**
 * Measures requests of one worker and writes one wide point for each that is kept.
 * @param env the worker's bindings and vars, of any type; used: ANALYTICS and the settings
 */
export function createPerformanceTracker(
  env: object,
  workerName: string,
  options: PerformanceTrackerOptions = {},
): PerformanceTracker {
  const settings = options.settings ?? readSettings(env);
  const writer = options.writer ?? writerOf(env, workerName, settings, options);
  const nowMs = options.nowMs ?? monotonicMs;
  const database = createCallMeter(nowMs, [DB_SLOW_MS, DB_VERY_SLOW_MS]);
  const external = createCallMeter(nowMs);
  let startedMs = nowMs();
  let isMarkedCritical = false;

  function recordRequest(request: Request, statusCode: number, end: RequestEnd): void {
    if (!claimRequest(request)) return;
    const durationMs = nowMs() - startedMs;
    const hasThrown = end.hasThrown ?? false;
    const traits = {
      statusCode,
      durationMs,
      hasThrown,
      isCritical: isMarkedCritical || (end.isCritical ?? false),
      ...(options.slowAfterMs === undefined ? {} : { slowAfterMs: options.slowAfterMs }),
    };
    const decision = decideSample(traits, settings.sampling.weight, options.random ?? Math.random);
    if (!decision) return;
    writer.write("request", {
      requestId: end.requestId ?? rayOf(request),
      endpoint: end.endpoint ?? endpointOf(request, options.route),
      method: request.method,
      statusCode: String(statusCode),
      outcome: outcomeOf(statusCode, hasThrown),
      kept: decision.reason,
      colo: coloOf(request),
      durationMs,
      sampleWeight: decision.weight,
      dbQueryTimeMs: database.unionMs(),
      dbQueryTimeSumMs: database.sumMs(),
      dbQueryCount: database.count,
      dbErrorCount: database.failedCount,
      dbSlowCount: database.slowCount(DB_SLOW_MS),
      dbVerySlowCount: database.slowCount(DB_VERY_SLOW_MS),
      externalApiTimeMs: external.unionMs(),
      externalApiTimeSumMs: external.sumMs(),
      externalCallCount: external.count,
    });
  }

  const trackCustomMetric: PerformanceTracker["trackCustomMetric"] = (name, value, unit, dimensions = {}) => {
    writer.write("custom", customMetricFields(name, value, unit, dimensions));
    return Promise.resolve();
  };

  return {
    startRequest() {
      startedMs = nowMs();
    },
    wrapDbQuery: (query) => database.measure(query),
    wrapExternalApi: (call) => external.measure(call),
    trackCustomMetric,
    critical(name) {
      isMarkedCritical = true;
      void trackCustomMetric("critical_operation", 1, "count", { name });
    },
    endRequest(request, response, requestId) {
      recordRequest(request, response.status, { requestId });
      return Promise.resolve();
    },
    recordRequest,
  };
}

function writerOf(
  env: object,
  workerName: string,
  { version, environment, team }: Settings,
  { keepAlive }: PerformanceTrackerOptions,
): Writer {
  const dataset = datasetOf(propertyOf(env, "ANALYTICS"));
  return createWriter({ dataset, identity: { workerName, version, environment, team }, ...(keepAlive ? { keepAlive } : {}) });
}

function monotonicMs(): number {
  return typeof performance === "undefined" ? Date.now() : performance.now();
}

function outcomeOf(statusCode: number, hasThrown: boolean): string {
  if (hasThrown) return "exception";
  if (statusCode === 499) return "client_disconnect";
  if (statusCode >= 500) return "error";
  return statusCode >= 400 ? "client_error" : "ok";
}

/** The route as the caller names it; a caller's function that throws must not cost the request. */
function endpointOf(request: Request, route: PerformanceTrackerOptions["route"]): string {
  try {
    return route ? route(request) : routePattern(new URL(request.url).pathname);
  } catch {
    return "(unknown)";
  }
}

function rayOf(request: Request): string {
  return request.headers.get("cf-ray") ?? crypto.randomUUID();
}

function coloOf(request: Request): string {
  const colo = propertyOf(propertyOf(request, "cf"), "colo");
  return typeof colo === "string" ? colo : "";
}
