import { answeringInTime, NoAnswerError, propertyOf } from "@monotask/telemetry";
import type { SandboxRegistryApi } from "./api.ts";
import { POLL_MS } from "./deadlines.ts";

/**
 * The SandboxRegistry of an environment.
 * @param env the worker's bindings; any type will do, `SANDBOX_REGISTRY` is looked for by name
 * @returns its RPC stub, of which every call fails where it has no answer in time, or undefined where none is bound. A stub that has thrown
 * stays broken: take a fresh one for each call.
 */
export function sandboxRegistryOf(env: object, name = "default"): SandboxRegistryApi | undefined {
  const binding = propertyOf(env, "SANDBOX_REGISTRY");
  if (!isNamespace(binding)) return undefined;
  // The one place where the binding's type is taken on trust: an RPC stub answers to every name, so it cannot be checked.
  return answeringInTime("the sandbox registry", binding.getByName(name) as SandboxRegistryApi, limitOf);
}

/** A registry that has not answered by then is out of reach. */
const ANSWER_MS = 5_000;

/** A place is waited for as long as the registry holds the call. */
function limitOf(call: string): number {
  return call === "ask" ? POLL_MS + ANSWER_MS : ANSWER_MS;
}

function isNamespace(binding: unknown): binding is { getByName(name: string): unknown } {
  return typeof propertyOf(binding, "getByName") === "function";
}

const ATTEMPTS = 3;

/** Calls the registry with a fresh stub each time, since its object may be moved or restarted at any moment. */
export async function callRegistry<T>(env: object, call: (registry: SandboxRegistryApi) => Promise<T>): Promise<T> {
  let failure: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const registry = sandboxRegistryOf(env);
    if (registry === undefined) throw new Error("no SANDBOX_REGISTRY is bound");
    try {
      return await call(registry);
    } catch (error) {
      failure = error;
      // More load is the last thing an overloaded object needs, and one that hangs has had its time.
      if (propertyOf(error, "overloaded") === true || error instanceof NoAnswerError) break;
    }
  }
  throw failure instanceof Error ? failure : new Error("the registry failed");
}
