import type { CreateAlertClient } from "@monotask/alerts";
import type { ErrorOptions } from "@monotask/errors";
import type { SlowAfterMs } from "@monotask/performance";
import type { QueueOptions } from "@monotask/queue";

export interface MonitorOptions {
  /** Name of the worker in metrics and alerts. */
  readonly workerName: string;
  /** From how long on a request is slow and always kept: for all, or by route with `*` for the rest. Default 500 ms, executions 30 s. */
  readonly slowAfterMs?: SlowAfterMs;
  /** Names the route where no framework does; by default the path with its ids replaced, 200 of them. */
  readonly route?: (request: Request) => string;
  /** Requests that are always kept. By default agent executions and task state transitions. */
  readonly critical?: (request: Request, route: string) => boolean;
  /** How errors are understood: `classify`, `thresholds`, `fingerprint`, `scrub`, `captureStackTraces`. */
  readonly errors?: ErrorOptions;
  /** How queues are watched: `maxRetries`, `slowAfterMs`, `deadLetterQueue`, `poisonAfter`. */
  readonly queue?: QueueOptions;
  /** The same for single queues, by queue name. */
  readonly queues?: Readonly<Record<string, QueueOptions>>;
  /**
   * How alerts are handed over; by default to AlertManager only. `createAlertClient` also calls the channels itself where no
   * AlertManager is bound, for 7 KB more.
   */
  readonly alertClient?: CreateAlertClient;
  /** Name of a response header that carries the request's id. The response is then a new one around the same body. */
  readonly requestIdHeader?: string;
  /** Measures time and bytes of response bodies, in custom metrics. The response is then a new one whose body is passed through. */
  readonly measureBody?: boolean;
  /** Uniform in [0, 1), for sampling. */
  readonly random?: () => number;
}
