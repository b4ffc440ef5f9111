/** Who was asked has not answered within its time. What was asked for may still happen. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

/**
 * The answer, or a {@link NoAnswerError} once the time is over.
 * @param who the peer, as the error names it
 */
export async function inTime<T>(who: string, limitMs: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new NoAnswerError(`${who} has not answered within ${limitMs / 1_000} s`)), limitMs);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The same object, such as the stub of a Durable Object, of which every call ends in time: a peer that hangs is an error like any other.
 * @param limitMs for the call of that name
 */
export function answeringInTime<T extends object>(who: string, asked: T, limitMs: (call: string) => number): T {
  return new Proxy(asked, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name, target);
      // A stub has a function for every name; only promises have a `then`.
      if (typeof name === "symbol" || name === "then" || typeof call !== "function") return call;
      return (...given: unknown[]) =>
        inTime(`${who}, asked to ${name},`, limitMs(name), Promise.resolve(Reflect.apply(call, target, given)));
    },
  });
}
