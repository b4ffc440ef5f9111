import { waitUntil } from "cloudflare:workers";
import {
  createPerformanceTracker,
  createTailHandler,
  giveUp,
  monitor,
  monotask,
  readSettings,
  retryLater,
  type Clock,
  type PerformanceTracker,
} from "@monotask/monitoring";
import { createErrorTracker } from "@monotask/monitoring/middleware/error-tracker";
import { createPerformanceMiddleware } from "@monotask/monitoring/middleware/performance-middleware";
import {
  createSandboxMonitor,
  type ExecOutcome,
  type PoolLimits,
  type SandboxDriver,
  type SandboxLease,
  type SandboxMonitor,
  type Unavailable,
} from "@monotask/sandbox";
import type { MiddlewareHandler } from "hono";

/** The whole wiring of the monitoring: the application knows only this file. */
export const WORKER_NAME = "monotask-demo";

/** The specification's objective for the API gateway is a P95 under 200 ms: slower requests are always kept. */
const SLOW_AFTER_MS = 200;

/** `max_retries` of agent-jobs in wrangler.jsonc, and where its poison goes with its reason. */
const QUEUE = { maxRetries: 3, deadLetterQueue: "AGENT_JOBS_DLQ" };

export { giveUp, retryLater };
export type { ExecOutcome, PerformanceTracker, PoolLimits, SandboxDriver, SandboxLease, Unavailable };

/** What the monitoring puts into Hono's context. */
export interface MonitoringVariables {
  readonly tracker: PerformanceTracker;
}

/**
 * Wraps the Worker's handlers: one point a request, one a batch, every error told.
 * @param random uniform in [0, 1), for sampling; by default Math.random
 */
export function monitored<H extends object>(handler: H, random?: () => number): H {
  return monitor(handler, { workerName: WORKER_NAME, slowAfterMs: SLOW_AFTER_MS, queue: QUEUE, ...(random && { random }) });
}

/** The sandboxes of one pool, with their capacity and time limits. */
export function sandboxes<S>(env: Env, pool: string, driver: SandboxDriver<S>, limits: Partial<PoolLimits>): SandboxMonitor<S> {
  return createSandboxMonitor(env, { workerName: WORKER_NAME, pool, driver, keepAlive: waitUntil, ...limits });
}

/** Hono middleware: tells the monitoring which route matched and what Hono caught. */
export function routeMonitoring(): MiddlewareHandler {
  return monotask();
}

/** Hono middleware: hands the request's tracker to the handlers. */
export function trackerForHandlers(): MiddlewareHandler<{ Bindings: Env; Variables: MonitoringVariables }> {
  return async (c, next) => {
    await createPerformanceMiddleware(c.env, { workerName: WORKER_NAME }).trackPerformance(c.req.raw, async (tracker) => {
      c.set("tracker", tracker);
      await next();
      return c.res;
    });
  };
}

/** A tracker for work that no request asked for, such as a queue message. */
export function backgroundTracker(env: Env): PerformanceTracker {
  return createPerformanceTracker(env, WORKER_NAME, { keepAlive: waitUntil });
}

/** Counts a task that reached its end, by project. */
export async function trackFinishedTask(tracker: PerformanceTracker, projectId: string, state: string): Promise<void> {
  await tracker.trackCustomMetric("tasks_completed", 1, "count", { project_id: projectId, state });
}

/**
 * A tail handler in the worker that it tells of, for local runs; a deployed worker names the evaluator in its `tail_consumers` instead.
 * @param name its own name, which is never told of
 */
export function tailOf(name: string, random: () => number): (items: readonly object[], env: Env) => void {
  const tail = createTailHandler({ workerName: name, random });
  return (items, env) => tail(items, env, { waitUntil });
}

/** How long an agent's run took, one by one: the objectives are a P95 under 30 s and a P99 under 60 s. */
export async function trackAgentExecution(tracker: PerformanceTracker, durationMs: number, outcome: string): Promise<void> {
  await tracker.trackCustomMetric("agent_execution", durationMs, "ms", { outcome });
}

/** Tells an error of one job beside the batch: the queue handler itself does not fail, and the next job does not wait. */
export function trackJobError(env: Env, error: unknown, job: { readonly messageId: string; readonly attempt: number }): void {
  const tracker = createErrorTracker(env, { workerName: WORKER_NAME, keepAlive: waitUntil });
  waitUntil(tracker.trackError(error, undefined, { operation: "agent execution", ...job }));
}

/** Epoch milliseconds of the Worker's clock, which is virtual on a local stack that runs faster than real time. */
export function nowOf(env: Env): number {
  const clock = clocks.get(env) ?? readSettings(env).clock;
  clocks.set(env, clock);
  return clock.now();
}

/** Settings are read once an environment. */
const clocks = new WeakMap<Env, Clock>();
