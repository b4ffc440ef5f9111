import { fetchMonitor } from "./monitor-fetch.ts";
import type { MonitorOptions } from "./options.ts";
import { scopeOf } from "./scope-of.ts";
import { workerFinder } from "./worker.ts";

/** Makes a call as the handling of a request, and gives what it gives. */
export type RequestMonitor = <R>(request: Request, env: unknown, ctx: unknown, call: () => R) => R;

/**
 * `monitor` for frameworks that own the export: a SvelteKit hook, a Pages Function, any middleware. Made once, at module scope.
 * @example
 * const monitored = requestMonitor({ workerName: "web" });
 * export const onRequest = (context) => monitored(context.request, context.env, context, () => context.next());
 */
export function requestMonitor(options: MonitorOptions): RequestMonitor {
  const findWorker = workerFinder(options);
  const monitorFetch = fetchMonitor(options);
  return (request, env, ctx, call) => {
    const worker = scopeOf(request) ? undefined : findWorker(env);
    // The monitor gives back what the call gives.
    return worker ? (monitorFetch(worker, request, ctx, call) as ReturnType<typeof call>) : call();
  };
}

/** Names the route pattern of a request that is being handled, such as `/api/tasks/:id`. Does nothing outside `monitor`. */
export function nameRoute(request: Request, pattern: string): void {
  const scope = scopeOf(request);
  if (scope) scope.endpoint = pattern;
}
