import { propertyOf } from "@monotask/telemetry";
import { instrumentD1 } from "./d1.ts";
import { instrumentKv } from "./kv.ts";
import { instrumentQueue } from "./queue.ts";
import { instrumentR2 } from "./r2.ts";
import { instrumentService } from "./service.ts";

/** How each class of binding is instrumented. Others, such as Analytics Engine or Hyperdrive, are left alone. */
const INSTRUMENTS: Readonly<Record<string, (binding: object, name: string) => void>> = {
  KvNamespace: instrumentKv,
  D1Database: instrumentD1,
  R2Bucket: instrumentR2,
  WorkerQueue: instrumentQueue,
  Fetcher: instrumentService,
};

/** Used by the monitoring itself: what it does there is no work of the request. */
const OWN_BINDINGS: readonly string[] = ["ANALYTICS", "ALERT_COOLDOWN", "ALERT_MANAGER", "EMAIL"];

/** Marks a binding, also across two copies of this package in one bundle. */
const INSTRUMENTED = Symbol.for("@monotask/performance/instrumented");

/**
 * Instruments the bindings of an environment in place, each once an isolate: they are the same objects in every request and in the
 * importable `env`, so no request pays for it. A binding is known by its class; none is called to find out what it is.
 */
export function instrumentEnv(env: object): void {
  for (const name of Object.keys(env)) {
    try {
      instrument(propertyOf(env, name), name);
    } catch {
      // A binding that throws on being looked at stays as it is; the others are instrumented all the same.
    }
  }
}

function instrument(binding: unknown, name: string): void {
  if (typeof binding !== "object" || binding === null || OWN_BINDINGS.includes(name)) return;
  if (Object.hasOwn(binding, INSTRUMENTED) || !Reflect.defineProperty(binding, INSTRUMENTED, { value: true })) return;
  INSTRUMENTS[classOf(binding)]?.(binding, name);
}

/** The name of a binding's class, read from its prototype: a stub answers to every name of its own. */
function classOf(binding: object): string {
  const prototype: unknown = Object.getPrototypeOf(binding);
  const name = propertyOf(propertyOf(prototype, "constructor"), "name");
  return typeof name === "string" ? name : "";
}
