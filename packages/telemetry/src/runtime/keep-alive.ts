import { propertyOf } from "../settings/property.ts";
import { builtinModule } from "./builtin.ts";

/** Lets work outlive the answer: what `ctx.waitUntil` does. */
export type KeepAlive = (work: Promise<unknown>) => void;

/** `ctx.waitUntil` of an invocation's context, called on the context itself and safe where it refuses; undefined where there is none. */
export function keepAliveOf(ctx: unknown): KeepAlive | undefined {
  const waitUntil = propertyOf(ctx, "waitUntil");
  if (typeof waitUntil !== "function") return undefined;
  return (work) => {
    try {
      Reflect.apply(waitUntil, ctx, [work]);
    } catch {
      // The invocation is over: nothing more can be kept alive, and the host must not notice.
    }
  };
}

/** The same for whichever invocation is running, where the runtime can tell (workerd with Node's compatibility). */
export function ambientKeepAlive(): KeepAlive | undefined {
  return keepAliveOf(builtinModule("cloudflare:workers"));
}
