import { propertyOf } from "../settings/property.ts";

/**
 * A module of the runtime, at once and without an import: a static import of `node:async_hooks` or `cloudflare:workers` breaks workers
 * without the flag and everything that runs elsewhere. Undefined where the runtime has no such module or no `process`.
 */
export function builtinModule(name: string): unknown {
  const process = propertyOf(globalThis, "process");
  const getBuiltinModule = propertyOf(process, "getBuiltinModule");
  if (typeof getBuiltinModule !== "function") return undefined;
  try {
    return Reflect.apply(getBuiltinModule, process, [name]);
  } catch {
    return undefined;
  }
}
