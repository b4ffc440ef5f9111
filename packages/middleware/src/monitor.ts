import { observeFetch } from "./monitor-fetch.ts";
import { monitoredQueue } from "./monitor-queue.ts";
import { observed, type Method, type Observer } from "./observe.ts";
import type { MonitorOptions } from "./options.ts";
import { isOff, keptAlive, openInvocation } from "./worker.ts";

type Observe = (args: readonly unknown[], env: object, options: MonitorOptions) => Observer | undefined;

/** How each kind of handler is observed. Others are passed through. */
const OBSERVE: Readonly<Record<string, Observe>> = { fetch: observeFetch, scheduled: observeScheduled };

/** Handlers that a class may define on its prototype, which copying does not reach. */
const HANDLERS = ["fetch", "queue", "scheduled", "email", "tail", "trace", "test"];

/**
 * Monitors a worker: `export default monitor(handler, { workerName: "api-gateway" })`. Each request becomes one data point, each batch
 * one queue point, each throw and each answer from 500 up an error. The handler's very response is returned and the very value it
 * throws is thrown on; no failure in here reaches it. With the var `MONOTASK` set to `off` handlers are called directly.
 */
export function monitor<H extends object>(handler: H, options: MonitorOptions): H {
  const monitored: H = { ...handler };
  for (const name of HANDLERS) {
    const method: unknown = Reflect.get(handler, name);
    if (!isMethod(method)) continue;
    const observe = OBSERVE[name];
    const value =
      name === "queue"
        ? monitoredQueue(handler, method, options)
        : observed(handler, method, (args) => {
            const env = args[1];
            if (!observe || isOff(env)) return undefined;
            return observe(args, typeof env === "object" && env !== null ? env : NO_BINDINGS, options);
          });
    Reflect.defineProperty(monitored, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return monitored;
}

const NO_BINDINGS = {};

function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

function observeScheduled(args: readonly unknown[], env: object, options: MonitorOptions): Observer {
  const { alerter, keepAlive } = openInvocation(env, options.workerName, args[2]);
  return {
    threw: (error) => {
      keptAlive(alerter.sendAlert(alerter.createErrorContext(error, undefined, { operation: "scheduled" })), keepAlive);
    },
  };
}
