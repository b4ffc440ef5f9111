import { builtinModule, importBuiltin, propertyOf } from "@monotask/telemetry";
import type { Frame } from "./frame.ts";
import type { Scope } from "./scope.ts";

/** The part of AsyncLocalStorage that is used. */
interface Storage {
  run<R>(store: Frame | undefined, call: () => R): R;
  getStore(): Frame | undefined;
}

/** One storage for the isolate, also where a bundle holds this package twice. */
const SHARED = Symbol.for("@monotask/performance/scope");

let storage: Storage | undefined;

// It has come before the first request: the runtime works off what a module has started before it serves.
void importBuiltin("node:async_hooks");

/** The invocation that the running code belongs to; undefined outside one, and where the runtime has no AsyncLocalStorage. */
export function currentScope(): Scope | undefined {
  return currentFrame()?.scope;
}

export function currentFrame(): Frame | undefined {
  return (storage ??= sharedStorage())?.getStore();
}

/** Runs a call in a frame; everything that it starts finds it. */
export function runIn<R>(frame: Frame | undefined, call: () => R): R {
  storage ??= openStorage();
  return storage ? storage.run(frame, call) : call();
}

/** Whether scopes can be told apart: without AsyncLocalStorage bindings and outgoing calls are not measured. */
export function canFollowCalls(): boolean {
  storage ??= openStorage();
  return storage !== undefined;
}

function sharedStorage(): Storage | undefined {
  const shared: unknown = Reflect.get(globalThis, SHARED);
  return isStorage(shared) ? shared : undefined;
}

function openStorage(): Storage | undefined {
  return sharedStorage() ?? storageFrom(builtinModule("node:async_hooks"));
}

function storageFrom(module: unknown): Storage | undefined {
  const AsyncLocalStorage = propertyOf(module, "AsyncLocalStorage");
  if (typeof AsyncLocalStorage !== "function") return undefined;
  const opened: unknown = Reflect.construct(AsyncLocalStorage, []);
  if (!isStorage(opened)) return undefined;
  Reflect.set(globalThis, SHARED, opened);
  return opened;
}

function isStorage(value: unknown): value is Storage {
  return typeof propertyOf(value, "run") === "function" && typeof propertyOf(value, "getStore") === "function";
}
