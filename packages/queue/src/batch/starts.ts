const starts = new WeakMap<object, number>();

/** Remembers when the work on one message began: its time is then its own, not the batch's. */
export function noteStart(message: object): void {
  starts.set(message, performance.now());
}

/** Real monotonic milliseconds at which the work on a message began. */
export function startOf(message: object, batchStartedMs: number): number {
  return starts.get(message) ?? batchStartedMs;
}
