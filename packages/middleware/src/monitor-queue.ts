import { observeBatch, watchedHandler } from "@monotask/queue";
import type { Method } from "./observe.ts";
import type { MonitorOptions } from "./options.ts";
import { isOff, keptAlive, openInvocation } from "./worker.ts";

/** A queue handler with its batches observed; the logic is `@monotask/queue`'s. */
export function monitoredQueue(host: object, method: Method, options: MonitorOptions): Method {
  const handler: Method = (...args) => Reflect.apply(method, host, args);
  return watchedHandler(handler, ([batch, env, ctx]) => {
    if (isOff(env)) return undefined;
    const bindings = typeof env === "object" && env !== null ? env : {};
    const { writer, settings, keepAlive, alerter } = openInvocation(bindings, options.workerName, ctx);
    return observeBatch(batch, {
      env: bindings,
      workerName: options.workerName,
      settings,
      writer,
      keepAlive,
      options: { ...options.queue, ...(options.queues ? { queues: options.queues } : {}) },
      tell: (error, details) => keptAlive(alerter.sendAlert(alerter.createErrorContext(error, undefined, details)), keepAlive),
    });
  });
}
