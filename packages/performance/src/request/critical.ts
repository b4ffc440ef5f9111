/** Agent executions (`…/execute`) and task state transitions (`…/transitions`). */
const CRITICAL_ENDS = ["/execute", "/transitions"];

/** Whether a request is a critical operation by its URL. It is asked of every request, so it only looks at the end of the path. */
export function isCriticalUrl(url: string): boolean {
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  return CRITICAL_ENDS.some((end) => path.endsWith(end));
}
