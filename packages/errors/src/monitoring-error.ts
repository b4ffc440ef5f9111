import type { Severity } from "@monotask/alerts";
import { fingerprint, propertyOf, routePattern, scrubText } from "@monotask/telemetry";
import type { ErrorCategory } from "./category.ts";
import { classifyShape } from "./classify.ts";
import { describeError, type ErrorShape } from "./describe-error.ts";

/** What a caller adds to an error. Known names are used, everything is logged, all of it scrubbed. */
export interface ErrorDetails {
  readonly requestId?: string | undefined;
  /** Route pattern such as /api/tasks/:id. */
  readonly endpoint?: string | undefined;
  readonly operation?: string | undefined;
  readonly [name: string]: unknown;
}

/** An error with what is known of it, scrubbed, ready to be told. */
export interface MonitoringError extends ErrorShape {
  readonly severity: Severity;
  readonly category: ErrorCategory;
  /** The same for the same bug, over builds and requests. */
  readonly fingerprint: string;
  readonly requestId: string;
  readonly endpoint: string;
  readonly method: string;
  readonly operation: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly context: Readonly<Record<string, unknown>>;
}

/** Describes a thrown value and the request in which it was thrown. Never throws. */
export function monitoringErrorOf(
  thrown: unknown,
  request: Request | undefined,
  details: ErrorDetails,
  timestamp: number,
): MonitoringError {
  const shape = describeError(thrown);
  const { stack, ...rest } = shape;
  return {
    ...rest,
    ...classifyShape(shape),
    message: scrubText(shape.message),
    ...(stack === undefined ? {} : { stack: scrubText(stack) }),
    fingerprint: fingerprint(shape),
    requestId: textAt(details, "requestId") ?? rayOf(request) ?? "",
    endpoint: textAt(details, "endpoint") ?? endpointOf(request),
    method: textAt(request, "method") ?? "",
    operation: textAt(details, "operation") ?? "",
    timestamp,
    context: { ...details },
  };
}

function textAt(value: unknown, name: string): string | undefined {
  const text = propertyOf(value, name);
  return typeof text === "string" && text !== "" ? text : undefined;
}

function rayOf(request: Request | undefined): string | undefined {
  try {
    return request?.headers.get("cf-ray") ?? undefined;
  } catch {
    return undefined;
  }
}

function endpointOf(request: Request | undefined): string {
  try {
    return request ? routePattern(new URL(request.url).pathname) : "";
  } catch {
    return "";
  }
}
