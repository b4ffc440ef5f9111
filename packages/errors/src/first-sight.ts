import { remembered } from "@monotask/telemetry";

/**
 * Remembers thrown values, so that one that passes through a tracker, a middleware and the outermost wrapper counts once.
 * A value that a library keeps and throws in each request counts once a request.
 */
const seenIn = new WeakMap<object, WeakSet<object>>();
const seenPrimitives = new WeakMap<object, Set<unknown>>();
const requestTokens = new WeakMap<object, object>();

/** Stands for "no request known": it matches any. */
const NO_REQUEST = {};

/**
 * Whether a thrown value is seen for the first time in this request; marks it as seen. Several requests may share one at a time, such as
 * that of a connection which all of them wait for.
 * @param request of any type: what is no object is no request
 */
export function isFirstSight(thrown: unknown, request: unknown): boolean {
  const token = tokenOf(request);
  if ((typeof thrown !== "object" && typeof thrown !== "function") || thrown === null) return isFirstPrimitive(thrown, token);
  const known = seenIn.get(thrown);
  if (known && (token === NO_REQUEST || known.has(token) || known.has(NO_REQUEST))) return false;
  remembered(seenIn, thrown, () => new WeakSet()).add(token);
  return true;
}

/** Whether an error of this request has been told, whoever told it. */
export function hasToldError(request: object): boolean {
  return requestTokens.has(request);
}

/** A request's own token: the request itself must not be kept alive by an error that outlives it. */
function tokenOf(request: unknown): object {
  if (typeof request !== "object" || request === null) return NO_REQUEST;
  return remembered(requestTokens, request, () => ({}));
}

function isFirstPrimitive(thrown: unknown, token: object): boolean {
  if (token === NO_REQUEST) return true;
  const seen = remembered(seenPrimitives, token, () => new Set());
  if (seen.has(thrown)) return false;
  seen.add(thrown);
  return true;
}
