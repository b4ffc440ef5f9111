import { propertyOf } from "@monotask/telemetry";
import { currentFrame } from "../scope/current.ts";
import type { Frame } from "../scope/frame.ts";

/** What happens beside one call. Whatever it throws is swallowed. */
export interface CallWatcher {
  returned?(value: unknown): void;
  threw?(error: unknown): void;
}

type AnyFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

/**
 * Puts an own method in front of a host object's: the object stays itself, `this` stays the caller's, and the very value or promise
 * of the original is returned. An object that takes no own property stays as it is.
 */
export function shadow(target: object, name: string, wrap: (original: AnyFunction) => AnyFunction): void {
  const original = propertyOf(target, name);
  if (!isFunction(original)) return;
  Reflect.defineProperty(target, name, { value: wrap(original), configurable: true, writable: true, enumerable: false });
}

/** Watches the calls of a method that are made within an invocation. */
export function watch(
  target: object,
  name: string,
  start: (frame: Frame, args: readonly unknown[]) => CallWatcher | undefined,
): void {
  shadow(
    target,
    name,
    (original) =>
      function (this: unknown, ...args) {
        const frame = currentFrame();
        return frame ? watched(original, this, args, (given) => start(frame, given)) : Reflect.apply(original, this, args);
      },
  );
}

/** Makes one call with a watcher beside it. */
export function watched(
  original: AnyFunction,
  self: unknown,
  args: readonly unknown[],
  start: (args: readonly unknown[]) => CallWatcher | undefined,
): unknown {
  const watcher = quietly(() => start(args));
  if (!watcher) return Reflect.apply(original, self, args);
  let result: unknown;
  try {
    result = Reflect.apply(original, self, args);
  } catch (error) {
    quietly(() => watcher.threw?.(error));
    throw error;
  }
  // Beside the promise, not around it: the caller gets the original, and this callback is the first to run.
  if (result instanceof Promise) {
    void result.then(
      (value: unknown) => quietly(() => watcher.returned?.(value)),
      (error: unknown) => quietly(() => watcher.threw?.(error)),
    );
  } else quietly(() => watcher.returned?.(result));
  return result;
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}
