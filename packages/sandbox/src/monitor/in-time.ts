/** A time limit that was reached. */
export class TimeLimitError extends Error {
  override readonly name = "TimeoutError";
}

/**
 * Ends with the work, or with a `TimeLimitError` once the limit is reached. The work is told by the signal and then left alone: it may
 * never end.
 */
export async function inTime<T>(
  what: string,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stop: () => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (error: Error): void => {
      controller.abort(error);
      reject(error);
    };
    timer = setTimeout(() => end(new TimeLimitError(`${what} did not end within ${limitMs} ms`)), limitMs);
    stop = () => end(outer?.reason instanceof Error ? outer.reason : new Error(`${what} was stopped`));
    if (outer?.aborted) stop();
    else outer?.addEventListener("abort", stop);
  });
  try {
    // Work that may no longer be done is not begun.
    return await (controller.signal.aborted ? ended : Promise.race([work(controller.signal), ended]));
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", stop);
    ended.catch(() => undefined);
  }
}
