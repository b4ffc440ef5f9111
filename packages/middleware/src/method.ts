import { propertyOf } from "@monotask/telemetry";

export type Method = (...args: readonly unknown[]) => unknown;

export function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

/** What the monitoring does beside a handler: whatever it throws is swallowed, the host must not notice. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** How a call ended. */
export interface CallEnd {
  returned(value: unknown): void;
  threw(error: unknown): void;
}

/**
 * Calls a method with something beside it. The very value, promise or error of the method is the caller's; a synchronous method stays
 * synchronous.
 * @param call makes the call
 */
export function beside(call: () => unknown, end: CallEnd): unknown {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    tellThrown(end, error);
    throw error;
  }
  // Beside the promise, not around it: the host gets the original, and the end is recorded before the host goes on.
  if (result instanceof Promise) {
    void result.then(
      (value: unknown) => tellReturned(end, value),
      (error: unknown) => tellThrown(end, error),
    );
  } else if (!watchThen(result, end)) tellReturned(end, result);
  return result;
}

/** Whether a value is awaited by whoever gets it: a promise, also of another kind, such as that of an RPC call. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isMethod(propertyOf(value, "then"));
}

/** Asking a thenable is its caller's to do, and once: some do their work only then. So the asking is watched. */
function watchThen(value: unknown, end: CallEnd): boolean {
  const then = propertyOf(value, "then");
  if (!isMethod(then)) return false;
  const watched = (...settle: Parameters<Promise<unknown>["then"]>): unknown => {
    const asked = new Promise((resolve, reject) => void Reflect.apply(then, value, [resolve, reject]));
    beside(() => asked, end);
    return asked.then(...settle);
  };
  return Reflect.defineProperty(Object(value) as object, "then", { value: watched, configurable: true, writable: true });
}

function tellReturned(end: CallEnd, value: unknown): void {
  quietly(() => end.returned(value));
}

function tellThrown(end: CallEnd, error: unknown): void {
  quietly(() => end.threw(error));
}
