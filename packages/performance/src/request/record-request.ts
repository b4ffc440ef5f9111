import { propertyOf } from "@monotask/telemetry";
import { requestIdOf } from "../scope/identity.ts";
import type { Scope } from "../scope/scope.ts";
import { bridgeToSpan } from "../trace/bridge.ts";
import { isCriticalRequest } from "./critical.ts";
import { derivedRoute } from "./routes.ts";
import type { SlowRules } from "./slow.ts";

/** How the requests of a worker are told apart. */
export interface RequestRules {
  readonly slow: SlowRules;
  /** Names the route where no framework does. */
  readonly route?: ((request: Request) => string | undefined) | undefined;
  /** Requests that are always kept; by default agent executions and task state transitions. */
  readonly critical?: ((request: Request, route: string) => boolean) | undefined;
}

/** How a request ended, where that is known better than its response tells. */
export interface RequestEnd {
  readonly requestId?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly hasThrown?: boolean;
  readonly isCritical?: boolean;
  readonly isDisconnected?: boolean;
}

const NOTHING_MORE: RequestEnd = {};

/** Decides a request's point, once, and writes it if it is kept. Never throws. */
export function recordRequest(
  scope: Scope,
  request: Request,
  statusCode: number,
  rules: RequestRules,
  end: RequestEnd = NOTHING_MORE,
): void {
  if (scope.isRecorded) return;
  scope.isRecorded = true;
  const durationMs = scope.host.nowMs() - scope.startedMs;
  const hasThrown = end.hasThrown ?? false;
  let endpoint = end.endpoint ?? scope.endpoint;
  if (rules.critical || durationMs >= rules.slow.leastMs) endpoint ??= endpointOf(request, statusCode, rules);
  const slowAfterMs = durationMs >= rules.slow.leastMs ? rules.slow.thresholdMs(endpoint ?? "") : undefined;
  const isCritical = scope.isCritical || (end.isCritical ?? false) || isCriticalBy(rules, request, endpoint ?? "");
  const decision = scope.host.sampler.decide({ statusCode, durationMs, slowAfterMs, hasThrown, isCritical });
  if (!decision) return;
  // Remembered, for whoever tells an error of it.
  scope.endpoint = endpoint ??= endpointOf(request, statusCode, rules);
  const fields = {
    requestId: end.requestId ?? requestIdOf(scope, request),
    endpoint,
    method: request.method,
    statusCode: String(statusCode),
    outcome: end.isDisconnected ? "client_disconnect" : outcomeOf(statusCode, hasThrown),
    kept: decision.reason,
    colo: coloOf(request),
    durationMs,
    sampleWeight: decision.weight,
    ...scope.usage.fields(),
  };
  scope.writer.write("request", fields);
  bridgeToSpan(scope.ctx, fields);
}

/** The route as the caller names it; a caller's function that throws must not cost the request. */
export function endpointOf(request: Request, statusCode: number, { route }: RequestRules): string {
  try {
    const named = route?.(request);
    if (typeof named === "string") return named;
  } catch {
    return "(unknown)";
  }
  return derivedRoute(request, statusCode);
}

function isCriticalBy({ critical }: RequestRules, request: Request, endpoint: string): boolean {
  try {
    return critical ? critical(request, endpoint) : isCriticalRequest(request);
  } catch {
    return false;
  }
}

function outcomeOf(statusCode: number, hasThrown: boolean): string {
  if (hasThrown) return "exception";
  if (statusCode === 499) return "client_disconnect";
  if (statusCode >= 500) return "error";
  return statusCode >= 400 ? "client_error" : "ok";
}

function coloOf(request: Request): string {
  const colo = propertyOf(propertyOf(request, "cf"), "colo");
  return typeof colo === "string" ? colo : "";
}
