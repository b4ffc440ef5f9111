import type { LeftBreadcrumb } from "./breadcrumbs.ts";
import type { RelatedError } from "./chain.ts";
import type { Classification } from "./classify.ts";
import type { ErrorShape } from "./describe-error.ts";
import type { RequestContext } from "./request-context.ts";

/** What a caller adds to an error. Known names are used, everything is logged, all of it scrubbed. */
export interface ErrorDetails {
  readonly requestId?: string | undefined;
  /** Route pattern such as /api/tasks/:id. */
  readonly endpoint?: string | undefined;
  readonly operation?: string | undefined;
  readonly userId?: string | undefined;
  /** Errors with the same text here are one group, whatever class and message they have. */
  readonly fingerprint?: string | undefined;
  readonly [name: string]: unknown;
}

/** An error with what is known of it, scrubbed, ready to be told. As JSON it has at most 16 KB. */
export interface MonitoringError extends ErrorShape, Classification {
  readonly workerName: string;
  /** Deployed version of the worker. */
  readonly version: string;
  /** The same for the same bug, over builds and requests. */
  readonly fingerprint: string;
  readonly requestId: string;
  readonly endpoint: string;
  readonly method: string;
  readonly operation: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  /** Who met the error. */
  readonly user?: Readonly<Record<string, unknown>> | undefined;
  /** Causes and members of an aggregate, nearest first. */
  readonly related?: readonly RelatedError[] | undefined;
  /** Members of an aggregate beyond those. */
  readonly leftOut?: number | undefined;
  readonly request?: RequestContext | undefined;
  readonly breadcrumbs?: readonly LeftBreadcrumb[] | undefined;
  readonly context: Readonly<Record<string, unknown>>;
}
