import { propertyOf } from "@monotask/telemetry";
import type { Scope } from "../scope/scope.ts";
import { childTraceparent, parseTraceparent, type TraceContext } from "./traceparent.ts";

/** The trace that the invocation's request belongs to. Its headers are read once: the first look at them makes an object of them. */
export function traceOf(scope: Scope): TraceContext | undefined {
  const { subject } = scope;
  scope.trace ??= (subject instanceof Request && parseTraceparent(subject.headers.get("traceparent"))) || "none";
  return scope.trace === "none" ? undefined : scope.trace;
}

/**
 * Arguments of `fetch` that continue the request's trace. Where the request carries none, or the caller says one itself, they are the
 * caller's own, untouched.
 */
export function withTraceparent(scope: Scope, args: readonly unknown[]): readonly unknown[] {
  try {
    const trace = traceOf(scope);
    if (!trace) return args;
    const [input, init] = args;
    const given = propertyOf(init, "headers") ?? (input instanceof Request ? input.headers : undefined);
    const headers = new Headers(given as HeadersInit | undefined);
    if (headers.has("traceparent")) return args;
    headers.set("traceparent", childTraceparent(trace));
    return [input, { ...(typeof init === "object" ? init : {}), headers }];
  } catch {
    return args;
  }
}
