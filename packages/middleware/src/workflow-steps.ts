import { runIn, type Scope } from "@monotask/performance";
import { propertyOf } from "@monotask/telemetry";
import { isMethod } from "./method.ts";

/**
 * The platform makes each step's call anew, outside the run that asked for it. What a step uses belongs to its run all the same, so the
 * callbacks carry the run's scope; what the platform hands them, and what they give back, stays as it is.
 */
export function carryScope(step: unknown, scope: Scope): void {
  const original = propertyOf(step, "do");
  if (!isMethod(original)) return;
  const carried = (arg: unknown): unknown =>
    isMethod(arg) ? (...given: readonly unknown[]) => runIn(scope, () => arg(...given)) : arg;
  const value = (...args: readonly unknown[]): unknown => Reflect.apply(original, step, args.map(carried));
  Reflect.defineProperty(Object(step) as object, "do", { value, configurable: true, writable: true });
}
