import { propertyOf } from "@monotask/telemetry";
import type { BatchObserver, HandlerEnd } from "./batch/observe-batch.ts";

/**
 * A handler with an observer of its batch beside it. The very value is returned or thrown on, and a synchronous handler stays
 * synchronous, unless messages have to be put aside first. Whatever the observer throws is swallowed.
 * @param observe begins the observation; undefined where nothing is to be observed
 */
export function watchedHandler<Args extends readonly unknown[], Result>(
  handler: (...args: Args) => Result,
  observe: (args: Args) => BatchObserver | undefined,
): (...args: Args) => Result {
  return (...args) => {
    const observer = quietly(() => observe(args));
    if (!observer) return handler(...args);
    let result: Result;
    try {
      result = handler(...args);
    } catch (error) {
      return after(ended(observer, { kind: "threw", error }), () => {
        throw error;
      });
    }
    if (!isThenable(result)) return after(ended(observer, { kind: "returned" }), () => result);
    return result.then(
      (value: unknown) => after(ended(observer, { kind: "returned" }), () => value),
      (error: unknown) =>
        after(ended(observer, { kind: "threw", error }), () => {
          throw error;
        }),
    ) as Result;
  };
}

/** A promise, also of another kind, such as that of an RPC call. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof propertyOf(value, "then") === "function";
}

/** Goes on at once where there is nothing to wait for. */
function after<Result>(work: Promise<void> | undefined, goOn: () => Result): Result {
  // The platform awaits what a queue handler returns, whatever its type says.
  return work === undefined ? goOn() : (work.then(goOn) as Result);
}

function ended(observer: BatchObserver, how: HandlerEnd): Promise<void> | undefined {
  return quietly(() => observer.end(how))?.catch(() => undefined);
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
