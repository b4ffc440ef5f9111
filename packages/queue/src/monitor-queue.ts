import { createAlertClient } from "@monotask/alerts";
import {
  createLogger,
  createWriter,
  datasetOf,
  propertyOf,
  readSettings,
  scrubText,
  type Settings,
  type WriterIdentity,
} from "@monotask/telemetry";
import { observeBatch, type BatchDeps } from "./batch/observe-batch.ts";
import type { QueuesOptions } from "./options.ts";
import { watchedHandler } from "./watched-handler.ts";

export interface MonitorQueueOptions extends QueuesOptions {
  /** Name of the worker in metrics and alerts. */
  readonly workerName: string;
}

/**
 * Watches a queue handler: one data point a batch, poison messages named and put aside, errors told. What the handler acknowledges,
 * retries, returns and throws stays what it was, and no failure in here reaches it. With the var `MONOTASK` set to `off` the handler
 * is called directly.
 *
 * Under `monitor` of `@monotask/middleware` queues are watched already; use one of the two.
 */
export function monitorQueue<Args extends readonly [unknown, ...unknown[]], Result>(
  handler: (...args: Args) => Result,
  options: MonitorQueueOptions,
): (...args: Args) => Result {
  return watchedHandler(handler, ([batch, env, ctx]) => {
    if (propertyOf(env, "MONOTASK") === "off") return undefined;
    return observeBatch(batch, depsOf(typeof env === "object" && env !== null ? env : {}, ctx, options));
  });
}

/** What is the same for all batches of an environment. */
interface World {
  readonly settings: Settings;
  readonly identity: WriterIdentity;
}

/** Worker names of an isolate are few. */
const worlds = new WeakMap<object, Map<string, World>>();

function worldOf(env: object, workerName: string): World {
  const known = worlds.get(env)?.get(workerName);
  if (known !== undefined) return known;
  const settings = readSettings(env);
  const { version, environment, team } = settings;
  const world = { settings, identity: { workerName, version, environment, team } };
  worlds.set(env, (worlds.get(env) ?? new Map<string, World>()).set(workerName, world));
  return world;
}

function depsOf(env: object, ctx: unknown, options: MonitorQueueOptions): BatchDeps {
  const { workerName } = options;
  const { settings, identity } = worldOf(env, workerName);
  const keepAlive = keepAliveOf(ctx);
  const dataset = datasetOf(propertyOf(env, "ANALYTICS"));
  const writer = createWriter(keepAlive ? { dataset, identity, keepAlive } : { dataset, identity });
  return {
    env,
    workerName,
    settings,
    writer,
    keepAlive,
    options,
    alertClient: createAlertClient,
    tell(error, { operation, ...details }, failure) {
      const stack = propertyOf(error, "stack");
      writer.write("error", {
        statusCode: "500",
        errorName: failure.name,
        message: failure.message,
        fingerprint: failure.fingerprint,
        severity: "warning",
        category: "queue",
        operation,
        stack: typeof stack === "string" ? scrubText(stack) : "",
      });
      const logger = createLogger({ workerName, level: settings.logLevel, clock: settings.clock });
      logger.warn(`${operation}: ${failure.name}: ${failure.message}`, { fingerprint: failure.fingerprint, ...details });
    },
  };
}

/** `ctx.waitUntil`, safe where there is no context or where it refuses. What is kept alive here never rejects. */
function keepAliveOf(ctx: unknown): BatchDeps["keepAlive"] {
  const waitUntil = propertyOf(ctx, "waitUntil");
  if (typeof waitUntil !== "function") return undefined;
  return (work) => {
    try {
      Reflect.apply(waitUntil, ctx, [work.catch(() => undefined)]);
    } catch {
      // The invocation is over: nothing more can be kept alive, and the host must not notice.
    }
  };
}
