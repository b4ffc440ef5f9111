import type { JobEvent } from "@monotask/performance";
import { isMethod, type Method } from "./method.ts";
import { fetchMonitor } from "./monitor-fetch.ts";
import { endpointOfEvent, monitorJob } from "./monitor-job.ts";
import { monitorBatch } from "./monitor-queue.ts";
import type { MonitorOptions } from "./options.ts";
import { isOffFromTheStart, workerFinder } from "./worker.ts";

/** Handlers that are jobs. */
const JOBS: readonly JobEvent[] = ["scheduled", "email", "tail"];

/** Handlers that a class may define on its prototype, which copying does not reach. */
const HANDLERS = ["fetch", "queue", "scheduled", "email", "tail", "tailStream", "trace", "connect", "test"];

/**
 * Monitors a worker: `export default monitor(handler, { workerName: "api-gateway" })`. Each request becomes one data point with all that
 * its bindings and outgoing calls took, each batch one queue point, each cron and e-mail one job, each throw and each answer from 500 up
 * an error. The handler's very response is returned and the very value it throws is thrown on; no failure in here reaches it. With the
 * var `MONOTASK` set to `off` it is the handler itself, or calls it directly.
 */
export function monitor<H extends object>(handler: H, options: MonitorOptions): H {
  if (isMethod(handler)) throw new TypeError("monitor takes a handler object; for a class use monitorEntrypoint(Class, options)");
  if (isOffFromTheStart()) return handler;
  const findWorker = workerFinder(options);
  const monitorFetch = fetchMonitor(options);
  // A handler's other methods stay where they were: frameworks keep theirs on a prototype.
  const monitored: H = { ...handler };
  Reflect.setPrototypeOf(monitored, Reflect.getPrototypeOf(handler));

  function around(name: string, method: Method): Method | undefined {
    if (name === "fetch") {
      return (...args) => {
        const worker = findWorker(args[1]);
        return worker
          ? monitorFetch(worker, args[0], args[2], () => Reflect.apply(method, handler, args))
          : Reflect.apply(method, handler, args);
      };
    }
    const event = JOBS.find((job) => job === name);
    if (!event && name !== "queue") return undefined;
    return (...args) => {
      const [subject, env, ctx] = args;
      const worker = findWorker(env);
      const call: Method = () => Reflect.apply(method, handler, args);
      if (!worker) return call();
      if (!event) return monitorBatch(worker, options, subject, ctx, call);
      return monitorJob(worker, options, { event, endpoint: endpointOfEvent(event, subject), subject, ctx, call });
    };
  }

  for (const name of HANDLERS) {
    const method: unknown = Reflect.get(handler, name);
    if (!isMethod(method)) continue;
    const value = around(name, method) ?? ((...args: readonly unknown[]): unknown => Reflect.apply(method, handler, args));
    Reflect.defineProperty(monitored, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return monitored;
}
