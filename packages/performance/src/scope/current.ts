import { builtinModule, propertyOf } from "@monotask/telemetry";
import type { Frame } from "./frame.ts";
import type { Scope } from "./scope.ts";

/** The part of AsyncLocalStorage that is used. */
interface Storage {
  run<R, A extends unknown[]>(store: Frame | undefined, call: (...args: A) => R, ...args: A): R;
  getStore(): Frame | undefined;
}

/** One storage for the isolate, also where a bundle holds this package twice. */
const SHARED = Symbol.for("@monotask/performance/scope");

let storage = openStorage();

/** The invocation that the running code belongs to; undefined outside one, and where the runtime has no AsyncLocalStorage. */
export function currentScope(): Scope | undefined {
  return storage?.getStore()?.scope;
}

export function currentFrame(): Frame | undefined {
  return storage?.getStore();
}

/** Runs a call in a frame; everything that it starts finds it. */
export function runIn<R, A extends unknown[]>(frame: Frame | undefined, call: (...args: A) => R, ...args: A): R {
  return storage ? storage.run(frame, call, ...args) : call(...args);
}

/** Whether scopes can be told apart: without AsyncLocalStorage bindings and outgoing calls are not measured. */
export function canFollowCalls(): boolean {
  return storage !== undefined;
}

function openStorage(): Storage | undefined {
  const shared: unknown = Reflect.get(globalThis, SHARED);
  if (isStorage(shared)) return shared;
  const opened = storageFrom(builtinModule("node:async_hooks"));
  if (!opened) void openLater();
  return opened;
}

/** Workers with the flag `nodejs_als` alone have no `process`. The name is no literal, so that bundlers leave it to the runtime. */
async function openLater(): Promise<void> {
  const name = ["node", "async_hooks"].join(":");
  try {
    const module: unknown = await import(name);
    storage = storageFrom(module);
  } catch {
    // No AsyncLocalStorage in this worker: `canFollowCalls` says so, and the first invocation names what is lost.
  }
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
