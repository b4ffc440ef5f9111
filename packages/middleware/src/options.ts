import type { CreateAlertClient } from "@monotask/alerts";
import type { ErrorOptions } from "@monotask/errors";
import type { SlowAfterMs } from "@monotask/performance";
import type { QueueOptions } from "@monotask/queue";
import type { BodyMeter } from "./body-meter.ts";

export interface MonitorOptions {
  /** Name of the worker in metrics and alerts. */
  readonly workerName: string;
  /** From how long on a request is slow and always kept: for all, or by route with `*` for the rest. @default 500, executions 30,000 */
  readonly slowAfterMs?: SlowAfterMs;
  /** Names the route where no framework does; undefined leaves it to the default. @default the path with its ids replaced, 200 of them, of which what answers 4xx takes half at most */
  readonly route?: (request: Request) => string | undefined;
  /** Requests that are always kept. @default agent executions (`…/execute`) and task state transitions (`…/transitions`), whatever the method but GET */
  readonly critical?: (request: Request, route: string) => boolean;
  /** How errors are understood: `classify`, `thresholds`, `fingerprint`, `scrub`, `captureStackTraces`. */
  readonly errors?: ErrorOptions;
  /** How queues are watched: `maxRetries`, `slowAfterMs`, `deadLetterQueue`, `poisonAfter`. */
  readonly queue?: QueueOptions;
  /** The same for single queues, by queue name. */
  readonly queues?: Readonly<Record<string, QueueOptions>>;
  /**
   * How alerts are handed over: to AlertManager only, or with `createAlertClient` also to the channels themselves where no
   * AlertManager is bound, for 7 KB more.
   * @default `createManagerClient`
   */
  readonly alertClient?: CreateAlertClient;
  /** Name of a response header that carries the request's id. The response is then a new one around the same body. */
  readonly requestIdHeader?: string;
  /**
   * Measures time and bytes of response bodies, in custom metrics: the function of that name. The response is then a new one whose
   * body is passed through.
   * @default nothing is measured
   */
  readonly measureBody?: BodyMeter;
  /** Uniform in [0, 1), for sampling. @default `Math.random` */
  readonly random?: () => number;
}
