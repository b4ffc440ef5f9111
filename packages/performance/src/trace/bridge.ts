import { propertyOf } from "@monotask/telemetry";

/** Fields that the platform's own span does not know. */
const BRIDGED = [
  "requestId",
  "endpoint",
  "kept",
  "outcome",
  "dbQueryCount",
  "dbQueryTimeMs",
  "externalCallCount",
  "kvReads",
] as const;

/**
 * Puts what is known of an invocation onto the platform's active span (`ctx.tracing`), where there is one and it is traced. Spans
 * themselves are the platform's: none is built here.
 */
export function bridgeToSpan(ctx: unknown, fields: Readonly<Record<string, unknown>>): void {
  try {
    const span = spanOf(propertyOf(ctx, "tracing"));
    const setAttribute = propertyOf(span, "setAttribute");
    if (typeof setAttribute !== "function" || propertyOf(span, "isTraced") !== true) return;
    for (const field of BRIDGED) {
      const value = fields[field];
      if (value !== undefined) Reflect.apply(setAttribute, span, [`monotask.${field}`, value]);
    }
  } catch {
    // A span that refuses an attribute is no reason to fail a request.
  }
}

/** Runs a call in a span of the platform where there is one, so that work measured by hand has a name in its traces. */
export function inSpan<T>(ctx: unknown, name: string, call: () => T): T {
  const tracing = propertyOf(ctx, "tracing");
  const startActiveSpan = propertyOf(tracing, "startActiveSpan");
  return typeof startActiveSpan === "function" ? (Reflect.apply(startActiveSpan, tracing, [name, call]) as T) : call();
}

function spanOf(tracing: unknown): unknown {
  const getActiveSpan = propertyOf(tracing, "getActiveSpan");
  return typeof getActiveSpan === "function" ? Reflect.apply(getActiveSpan, tracing, []) : undefined;
}
