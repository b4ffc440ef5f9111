/**
 * Remembers thrown values, so that one that passes through a tracker, a middleware and the outermost wrapper counts once.
 * A value that a library keeps and throws in each request counts once a request.
 */
const seenIn = new WeakMap<object, object>();
const seenPrimitives = new WeakMap<object, Set<unknown>>();
const requestTokens = new WeakMap<object, object>();

/** Stands for "no request known": it matches any. */
const NO_REQUEST = {};

/** Whether a thrown value is seen for the first time in this request; marks it as seen. */
export function isFirstSight(thrown: unknown, request: object | undefined): boolean {
  const token = tokenOf(request);
  if ((typeof thrown !== "object" && typeof thrown !== "function") || thrown === null) return isFirstPrimitive(thrown, token);
  const known = seenIn.get(thrown);
  if (known !== undefined && (known === token || known === NO_REQUEST || token === NO_REQUEST)) return false;
  seenIn.set(thrown, token);
  return true;
}

/** A request's own token: the request itself must not be kept alive by an error that outlives it. */
function tokenOf(request: object | undefined): object {
  if (!request) return NO_REQUEST;
  const token = requestTokens.get(request) ?? {};
  requestTokens.set(request, token);
  return token;
}

function isFirstPrimitive(thrown: unknown, token: object): boolean {
  if (token === NO_REQUEST) return true;
  const seen = seenPrimitives.get(token) ?? new Set();
  seenPrimitives.set(token, seen);
  if (seen.has(thrown)) return false;
  seen.add(thrown);
  return true;
}
