import { createErrorAlerter, describeError, type ErrorDetails, type ErrorOptions, type ErrorShape } from "@monotask/errors";
import { runIn } from "@monotask/performance";
import { ambientKeepAlive, readSettings, scrubText } from "@monotask/telemetry";
import { requestIdOf, scopeOf } from "./scope-of.ts";

export interface ErrorTrackerOptions extends ErrorOptions {
  readonly workerName: string;
  /** `ctx.waitUntil`, so that telling an alert never delays an answer. By default the running invocation's. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
}

export interface ErrorTracker {
  /** Tells the error and answers it: the error's own 4xx or 5xx, else 500, with JSON `{error, requestId}`. Never rejects. */
  onError(error: unknown, request: Request, context?: ErrorDetails): Promise<Response>;
  /** Tells an error that the caller handles itself. Never rejects. */
  trackError(error: unknown, request?: Request, context?: ErrorDetails): Promise<void>;
}

/** Error handling for one worker. @param env the worker's bindings and vars, of any type */
export function createErrorTracker(env: object, options: ErrorTrackerOptions): ErrorTracker {
  const { workerName, ...errorOptions } = options;
  const settings = readSettings(env);

  async function trackError(error: unknown, given?: Request, context: ErrorDetails = {}): Promise<void> {
    const scope = scopeOf(given);
    // The running request itself, by which errors are told once: routers hand on proxies and copies of it.
    const request = scope?.subject instanceof Request ? scope.subject : given;
    const keepAlive = options.keepAlive ?? scope?.keepAlive ?? ambientKeepAlive();
    const alerter = createErrorAlerter(env, workerName, {
      ...errorOptions,
      settings,
      ...(scope ? { writer: scope.writer, invocation: scope.subject instanceof Request ? scope.subject : scope } : {}),
      ...(keepAlive ? { keepAlive } : {}),
    });
    const known = {
      ...(request ? { requestId: requestIdOf(request) } : {}),
      ...(scope?.endpoint === undefined ? {} : { endpoint: scope.endpoint }),
    };
    // Outside the request's scope: what the telling reads and writes is no work of the request.
    await runIn(undefined, () => alerter.sendAlert(alerter.createErrorContext(error, request, { ...known, ...context })));
  }

  return {
    trackError,
    async onError(error, request, context = {}) {
      const requestId = typeof context.requestId === "string" ? context.requestId : requestIdOf(request);
      await trackError(error, request, { ...context, requestId });
      const shape = describeError(error);
      const status = shape.statusCode ?? 500;
      return Response.json({ error: publicMessage(shape, status), requestId }, { status });
    },
  };
}

/** A caller's mistake is explained; what went wrong inside is not. */
function publicMessage(shape: ErrorShape, status: number): string {
  return status < 500 ? scrubText(shape.message) : status === 503 ? "Service unavailable" : "Internal server error";
}
