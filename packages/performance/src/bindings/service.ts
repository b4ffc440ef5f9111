import { currentFrame } from "../scope/current.ts";
import { withTraceparent } from "../trace/outgoing.ts";
import { measureExternal, methodOf } from "./external.ts";
import { shadow, started, watched } from "./watch.ts";

/**
 * Measures the `fetch` of a service binding, under the binding's name, and continues the trace in it. Its RPC methods cannot be seen: a
 * stub answers to every name, so nothing but calling one would tell which exist.
 */
export function instrumentService(service: object, binding: string): void {
  shadow(
    service,
    "fetch",
    (original) =>
      function (this: unknown, ...args) {
        const frame = currentFrame();
        if (!frame) return Reflect.apply(original, this, args);
        const watcher = started((_, [input, init]) => measureExternal(frame, methodOf(input, init), () => binding), frame, args);
        return watched(original, this, withTraceparent(frame.scope, args), watcher);
      },
  );
}
