import { currentFrame } from "../scope/current.ts";
import { withTraceparent } from "../trace/outgoing.ts";
import { hostOf, measureExternal, methodOf } from "./external.ts";
import { watched } from "./watch.ts";

type Fetch = typeof globalThis.fetch;

/** Marks our own function, also across two copies of this package in one bundle. */
const OURS = Symbol.for("@monotask/performance/fetch");

/** Measures the global `fetch`, once an isolate: calls within an invocation are counted, with the host that they go to. */
export function instrumentFetch(): void {
  const original = globalThis.fetch;
  if (Object.hasOwn(original, OURS)) return;
  const fetch = function (this: unknown, ...args: readonly unknown[]): unknown {
    const frame = currentFrame();
    // Called as a plain function, as user code does: a foreign `this` would be an illegal invocation.
    if (!frame) return Reflect.apply(original, undefined, args);
    return watched(
      (...given) => Reflect.apply(original, undefined, withTraceparent(frame.scope, given)),
      undefined,
      args,
      ([input, init]) => measureExternal(frame, methodOf(input, init), () => hostOf(input)),
    );
  };
  Reflect.defineProperty(fetch, "name", { value: "fetch" });
  Reflect.defineProperty(fetch, OURS, { value: true });
  Reflect.set(globalThis, "fetch", fetch as Fetch);
}
