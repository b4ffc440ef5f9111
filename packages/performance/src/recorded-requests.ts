/** Requests whose point has been decided, so that a tracker and the outermost wrapper write one point together. */
const recorded = new WeakSet<object>();

/** Marks a request as recorded; false if it was already. */
export function claimRequest(request: object): boolean {
  if (recorded.has(request)) return false;
  recorded.add(request);
  return true;
}

/** A request object may be handled again, so its next handling starts anew. */
export function reopenRequest(request: object): void {
  recorded.delete(request);
}
