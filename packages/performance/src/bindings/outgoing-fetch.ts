import { currentFrame } from "../scope/current.ts";
import type { Frame } from "../scope/frame.ts";
import { withTraceparent } from "../trace/outgoing.ts";
import { hostOf, measureExternal, methodOf } from "./external.ts";
import { started, watched, type CallWatcher } from "./watch.ts";

type Fetch = typeof globalThis.fetch;

/**
 * Marks the isolate, also across two copies of this package in one bundle. Not the function: whoever wraps ours afterwards would hide
 * the mark, and each call would be measured twice.
 */
const INSTRUMENTED = Symbol.for("@monotask/performance/fetch");

/** Measures the global `fetch`, once an isolate: calls within an invocation are counted, with the host that they go to. */
export function instrumentFetch(): void {
  if (Reflect.has(globalThis, INSTRUMENTED)) return;
  Reflect.set(globalThis, INSTRUMENTED, true);
  const original = globalThis.fetch;
  // As a plain function, as user code calls it: a foreign `this` would be an illegal invocation.
  const call = (...args: readonly unknown[]): unknown => Reflect.apply(original, undefined, args);
  const fetch = function (this: unknown, ...args: readonly unknown[]): unknown {
    const frame = currentFrame();
    if (!frame) return call(...args);
    return watched(call, undefined, withTraceparent(frame.scope, args), started(measureFetch, frame, args));
  };
  Reflect.defineProperty(fetch, "name", { value: "fetch" });
  Reflect.set(globalThis, "fetch", fetch as Fetch);
}

function measureFetch(frame: Frame, [input, init]: readonly unknown[]): CallWatcher {
  return measureExternal(frame, methodOf(input, init), () => hostOf(input));
}
