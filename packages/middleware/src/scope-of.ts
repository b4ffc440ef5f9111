import { canFollowCalls, currentScope, requestIdOf as idInScope, type Scope } from "@monotask/performance";

/** Where the runtime cannot follow calls, a request's scope is found by the request itself. */
const scopes = new WeakMap<object, Scope>();

export function rememberScope(scope: Scope): void {
  if (!canFollowCalls() && scope.subject instanceof Request) scopes.set(scope.subject, scope);
}

/** The scope of the request that is being handled; undefined outside `monitor`. */
export function scopeOf(request: unknown): Scope | undefined {
  const running = currentScope();
  if (running) return running;
  return typeof request === "object" && request !== null ? scopes.get(request) : undefined;
}

/** The id of a request: Cloudflare's ray, else a new one. Under `monitor` it stays the same while the request is handled. */
export function requestIdOf(request: Request): string {
  const scope = scopeOf(request);
  return scope ? idInScope(scope, request) : (request.headers.get("cf-ray") ?? crypto.randomUUID());
}
