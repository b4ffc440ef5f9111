import type { QueueOptions } from "@monotask/queue";

export interface MonitorOptions {
  /** Name of the worker in metrics and alerts. */
  readonly workerName: string;
  /** Requests that take this long are slow and always kept. By default none is. */
  readonly slowAfterMs?: number;
  /** Names the route where no framework does; by default the path with its ids replaced. */
  readonly route?: (request: Request) => string;
  /** Requests that are always kept. By default agent executions and task state transitions. */
  readonly critical?: (request: Request, route: string) => boolean;
  /** How queues are watched: `maxRetries`, `slowAfterMs`, `deadLetterQueue`, `poisonAfter`. */
  readonly queue?: QueueOptions;
  /** The same for single queues, by queue name. */
  readonly queues?: Readonly<Record<string, QueueOptions>>;
  /** Uniform in [0, 1), for sampling. */
  readonly random?: () => number;
}

/** Agent executions (`…/execute`) and task state transitions (`…/transitions`). */
export function isCriticalByDefault(_request: Request, route: string): boolean {
  return route.endsWith("/execute") || route.endsWith("/transitions");
}
