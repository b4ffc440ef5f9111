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
    if (new Headers(given as HeadersInit | undefined).has("traceparent")) return args;
    // As `fetch` itself makes it of its arguments: an init may be a Request or an object of a class, which no spread copies.
    const request = new Request(input as RequestInfo, init as RequestInit | undefined);
    request.headers.set("traceparent", childTraceparent(trace));
    const state = scope.subject instanceof Request ? scope.subject.headers.get("tracestate") : null;
    if (state !== null) request.headers.set("tracestate", state);
    return [request];
  } catch {
    return args;
  }
}
