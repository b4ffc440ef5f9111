import { createManagerClient } from "@monotask/alerts";
import { currentScope, runIn, Scope } from "@monotask/performance";
import { observeBatch, watchedHandler } from "@monotask/queue";
import type { Method } from "./method.ts";
import type { MonitorOptions } from "./options.ts";
import { tellError, type MonitoredWorker } from "./worker.ts";

/** Handles one batch; the logic is `@monotask/queue`'s. A batch that is monitored already is one batch. */
export function monitorBatch(
  worker: MonitoredWorker,
  options: MonitorOptions,
  batch: unknown,
  ctx: unknown,
  call: Method,
): unknown {
  if (currentScope()?.subject === batch) return call();
  const scope = new Scope(worker.world, batch, ctx);
  const handler: Method = (...args) => runIn(scope, () => call(...args));
  const observe = watchedHandler(handler, () =>
    observeBatch(batch, {
      env: worker.env,
      workerName: options.workerName,
      settings: worker.world.settings,
      writer: scope.writer,
      keepAlive: scope.keepAlive,
      options: { ...options.queue, ...(options.queues ? { queues: options.queues } : {}) },
      alertClient: options.alertClient ?? createManagerClient,
      tell: (error, details) => tellError(worker, scope, options, error, details),
    }),
  );
  return observe(batch, worker.env, ctx);
}
