import { measureExternal, methodOf } from "./external.ts";
import { watch } from "./watch.ts";

/**
 * Measures the `fetch` of a service binding, under the binding's name. Its RPC methods cannot be seen: a stub answers to every name,
 * so nothing but calling one would tell which exist.
 */
export function instrumentService(service: object, binding: string): void {
  watch(service, "fetch", (frame, [input, init]) => measureExternal(frame, methodOf(input, init), () => binding));
}
