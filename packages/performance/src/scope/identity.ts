import type { Scope } from "./scope.ts";

/** The id of a request: Cloudflare's ray, else a new one; the same for all who ask while it is handled. */
export function requestIdOf(scope: Scope, request: Request): string {
  return (scope.requestId ??= request.headers.get("cf-ray") ?? crypto.randomUUID());
}

/** The id that the points of an invocation share; empty where nothing is known of the invocation, such as for a tracker of its own. */
export function sharedIdOf(scope: Scope): string {
  const { subject } = scope;
  if (subject instanceof Request) return requestIdOf(scope, subject);
  return subject === undefined ? (scope.requestId ?? "") : (scope.requestId ??= crypto.randomUUID());
}
