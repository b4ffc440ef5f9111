import { propertyOf } from "@monotask/telemetry";
import { currentFrame } from "../scope/current.ts";
import type { Frame } from "../scope/frame.ts";

/** What happens beside one call. Whatever it throws is swallowed. */
export interface CallWatcher {
  returned?(value: unknown): void;
  threw?(error: unknown): void;
}

/** Begins to watch a call; undefined where its beginning tells all. */
export type StartWatcher = (frame: Frame, args: readonly unknown[]) => CallWatcher | undefined;

type AnyFunction = (this: unknown, ...args: readonly unknown[]) => unknown;

/**
 * Puts an own method in front of a host object's: the object and its class stay themselves. An object that takes no own property
 * stays as it is.
 */
export function shadow(target: object, name: string, wrap: (original: AnyFunction) => AnyFunction): void {
  const original = propertyOf(target, name);
  if (!isFunction(original)) return;
  Reflect.defineProperty(target, name, { value: wrap(original), configurable: true, writable: true, enumerable: false });
}

/** Watches the calls of a method that are made within an invocation. */
export function watch(target: object, name: string, start: StartWatcher): void {
  shadow(
    target,
    name,
    (original) =>
      function (this: unknown, ...args) {
        const frame = currentFrame();
        return frame ? watched(original, this, args, started(start, frame, args)) : Reflect.apply(original, this, args);
      },
  );
}

/** The watcher of a call; undefined where it needs none, and where it cannot be watched. */
export function started(start: StartWatcher, frame: Frame, args: readonly unknown[]): CallWatcher | undefined {
  try {
    return start(frame, args);
  } catch {
    return undefined;
  }
}

/** Makes one call with a watcher beside it: `this` is the caller's, and the very value or error of the original comes out. */
export function watched(
  original: AnyFunction,
  self: unknown,
  args: readonly unknown[],
  watcher: CallWatcher | undefined,
): unknown {
  if (!watcher) return Reflect.apply(original, self, args);
  let result: unknown;
  try {
    result = Reflect.apply(original, self, args);
  } catch (error) {
    tellThrown(watcher, error);
    throw error;
  }
  if (!(result instanceof Promise)) {
    tellReturned(watcher, result);
    return result;
  }
  // The promise after the watcher's, not the original: one that is watched beside it counts as handled, and a failure that nobody
  // waits for would pass in silence.
  return result.then(
    (value: unknown) => {
      tellReturned(watcher, value);
      return value;
    },
    (error: unknown) => {
      tellThrown(watcher, error);
      throw error;
    },
  );
}

function tellReturned(watcher: CallWatcher, value: unknown): void {
  try {
    watcher.returned?.(value);
  } catch {
    // What a watcher makes of a value is no matter of the caller.
  }
}

function tellThrown(watcher: CallWatcher, error: unknown): void {
  try {
    watcher.threw?.(error);
  } catch {
    // The caller gets the call's own error, whatever a watcher makes of it.
  }
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}
