import { currentScope, recordJob, runIn, Scope, type JobEvent } from "@monotask/performance";
import { propertyOf } from "@monotask/telemetry";
import { beside } from "./method.ts";
import type { MonitorOptions } from "./options.ts";
import { tellError, type MonitoredWorker } from "./worker.ts";

/** One job: what ran, and the host's own handler. */
export interface Job {
  readonly event: JobEvent;
  /** The cron, or `Class.method`. */
  readonly endpoint: string;
  readonly subject: unknown;
  readonly ctx: unknown;
  readonly call: () => unknown;
  /** Done with the job's scope before it begins. */
  readonly prepare?: ((scope: Scope) => void) | undefined;
}

/** Handles one job: one point, and its error told. Within an invocation that is monitored already, the call is a part of it. */
export function monitorJob(
  worker: MonitoredWorker,
  options: MonitorOptions,
  { event, endpoint, subject, ctx, call, prepare }: Job,
): unknown {
  if (currentScope()) return call();
  const scope = new Scope(worker.world, subject, ctx);
  prepare?.(scope);
  return beside(() => runIn(scope, call), {
    returned: () => recordJob(scope, event, endpoint, false),
    threw(error) {
      recordJob(scope, event, endpoint, true);
      const requestId = scope.requestId ?? "";
      tellError(worker, scope, options, error, { operation: endpoint === event ? event : `${event} ${endpoint}`, requestId });
    },
  });
}

/** What ran, of a handler of the worker. A cron has a name; an e-mail's addresses are nobody's business. */
export function endpointOfEvent(event: JobEvent, subject: unknown): string {
  const cron = event === "scheduled" ? propertyOf(subject, "cron") : undefined;
  return typeof cron === "string" && cron !== "" ? cron : event;
}
