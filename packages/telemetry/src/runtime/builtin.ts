import { propertyOf } from "../settings/property.ts";

/** Modules of the runtime by name; undefined where it was asked for one that it does not have. */
const known = new Map<string, unknown>();

/** Hands over a module that was imported. */
export function provideBuiltin(name: string, module: unknown): void {
  known.set(name, module);
}

/** Imports a module that the runtime may lack. Its name is no literal, so that bundlers leave it to the runtime and warn of nothing. */
export async function importBuiltin(name: string): Promise<void> {
  try {
    provideBuiltin(name, await import(name));
  } catch {
    // `builtinModule` goes on without it.
  }
}

/**
 * A module of the runtime, at once: what was imported, else what `process` gives, where there is one. A static import would break
 * workers that lack the module. Undefined where the runtime has no such module.
 */
export function builtinModule(name: string): unknown {
  if (!known.has(name)) provideBuiltin(name, builtinOfProcess(name));
  return known.get(name);
}

function builtinOfProcess(name: string): unknown {
  const process = propertyOf(globalThis, "process");
  const getBuiltinModule = propertyOf(process, "getBuiltinModule");
  if (typeof getBuiltinModule !== "function") return undefined;
  try {
    return Reflect.apply(getBuiltinModule, process, [name]);
  } catch {
    return undefined;
  }
}
