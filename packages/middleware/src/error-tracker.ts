import { createErrorAlerter, describeError, type ErrorDetails, type ErrorShape } from "@monotask/errors";
import { scrubText } from "@monotask/telemetry";
import { recordOf, requestIdOf } from "./request-record.ts";
import { openInvocation } from "./worker.ts";

export interface ErrorTrackerOptions {
  readonly workerName: string;
  /** Whether stack traces are stored with the error. Default true. They are never sent to the client. */
  readonly captureStackTraces?: boolean;
  /** `ctx.waitUntil`, so that telling an alert never delays an answer. Under `monitor` it is known already. */
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
  const { workerName, captureStackTraces = true } = options;
  const own = openInvocation(env, workerName, options.keepAlive && { waitUntil: options.keepAlive });

  async function trackError(error: unknown, request?: Request, context: ErrorDetails = {}): Promise<void> {
    const record = recordOf(request);
    const { settings, writer, keepAlive } = record?.invocation ?? own;
    const alerter = createErrorAlerter(env, workerName, {
      settings,
      writer,
      captureStackTraces,
      ...(keepAlive ? { keepAlive } : {}),
    });
    const known = record
      ? { requestId: record.requestId, ...(record.route === undefined ? {} : { endpoint: record.route }) }
      : {};
    await alerter.sendAlert(alerter.createErrorContext(error, request, { ...known, ...context }));
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
