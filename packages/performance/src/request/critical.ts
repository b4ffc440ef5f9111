/** Agent executions (`…/execute`) and task state transitions (`…/transitions`). */
const CRITICAL_ENDS = ["/execute", "/transitions"];

/**
 * Whether a request is a critical operation. It is asked of every request, so what only reads is known by its method: each look at a
 * URL makes a text of it, 1 µs.
 */
export function isCriticalRequest(request: Request): boolean {
  if (request.method === "GET") return false;
  const path = pathOf(request.url);
  return CRITICAL_ENDS.some((end) => path.endsWith(end));
}

/** The path of a request's URL. It has been parsed and written out by the runtime, so it need not be parsed again. */
export function pathOf(url: string): string {
  const pathAt = url.indexOf("/", url.indexOf("://") + 3);
  return pathAt < 0 ? "/" : (/^[^?#]*/.exec(url.slice(pathAt))?.[0] ?? "/");
}
