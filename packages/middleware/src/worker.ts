import { createManagerClient } from "@monotask/alerts";
import { errorAlerterOver, type ErrorAlerter, type ErrorDetails } from "@monotask/errors";
import { canFollowCalls, instrumentEnv, instrumentFetch, runIn, worldOf, type Scope, type World } from "@monotask/performance";
import { builtinModule, createLogger, propertyOf } from "@monotask/telemetry";
import { quietly } from "./method.ts";
import type { MonitorOptions } from "./options.ts";

/** A worker in one environment: read, instrumented and announced once an isolate. */
export interface MonitoredWorker {
  readonly env: object;
  readonly world: World;
}

/** What is lost without a binding. */
const LOSSES: readonly (readonly [string, string])[] = [
  ["ANALYTICS", "no metrics are written. Add an analytics_engine_datasets binding named ANALYTICS"],
  ["ALERT_MANAGER", "nobody is told of errors. Bind the Durable Object AlertManager as ALERT_MANAGER, or pass alertClient"],
];

const NO_STORAGE =
  "node:async_hooks is missing: bindings and outgoing calls are not measured. Add the compatibility flag nodejs_als or nodejs_compat";

const announced = new Set<string>();
const NO_BINDINGS = {};

/** The environment that the runtime lets import: the platform's own, whatever a library made of the one that a handler is given. */
function importedEnv(): unknown {
  return propertyOf(builtinModule("cloudflare:workers"), "env");
}

/** True where the worker's `MONOTASK` var is `off`. */
function isOff(env: unknown): boolean {
  return propertyOf(env, "MONOTASK") === "off";
}

/** The same before any request, where the runtime's `env` can be imported. */
export function isOffFromTheStart(): boolean {
  return isOff(importedEnv());
}

/**
 * Finds the worker of an environment: undefined where the monitoring is off. The environment is the same object in every request of an
 * isolate, so a request pays for one comparison. What is missing in it is named once in the log. Never throws.
 */
export function workerFinder(options: MonitorOptions): (env: unknown) => MonitoredWorker | undefined {
  if (!propertyOf(options, "workerName")) throw new TypeError('options need a workerName: { workerName: "api-gateway" }');
  const known = new WeakMap<object, MonitoredWorker | "off">();
  let lastEnv: unknown;
  let last: MonitoredWorker | undefined;

  function find(env: object): MonitoredWorker | undefined {
    const found = known.get(env) ?? (isOff(env) ? "off" : openWorker(env, options));
    known.set(env, found);
    return found === "off" ? undefined : found;
  }

  return (env) => {
    if (env === lastEnv && env !== undefined) return last;
    [last, lastEnv] = [undefined, undefined];
    quietly(() => {
      last = find(typeof env === "object" && env !== null ? env : NO_BINDINGS);
      lastEnv = env;
    });
    return last;
  };
}

/** Tells an error of an invocation, outside it: what the telling reads and writes is no work of the request. */
export function tellError(
  { env, world }: MonitoredWorker,
  scope: Scope,
  options: MonitorOptions,
  error: unknown,
  details: ErrorDetails,
): void {
  const { keepAlive, writer } = scope;
  const alerter: ErrorAlerter = errorAlerterOver(options.alertClient ?? createManagerClient, env, options.workerName, {
    ...options.errors,
    settings: world.settings,
    writer,
    keepAlive,
    invocation: scope,
  });
  const request = scope.subject instanceof Request ? scope.subject : undefined;
  const told = runIn(undefined, () => alerter.sendAlert(alerter.createErrorContext(error, request, details)));
  // It never rejects, so nothing is left unhandled where nobody can keep it alive.
  keepAlive?.(told);
}

function openWorker(env: object, options: MonitorOptions): MonitoredWorker {
  const { workerName, random } = options;
  const world = worldOf(env, workerName, random ? { random } : {});
  // First the platform's own bindings, so that a library's proxies around them are not instrumented as well.
  instrumentEnv(Object(importedEnv()) as object);
  instrumentEnv(env);
  instrumentFetch();
  announce(env, world, options);
  return { env, world };
}

function announce(env: object, { settings }: World, { workerName, alertClient }: MonitorOptions): void {
  const logger = createLogger({ workerName, level: settings.logLevel, clock: settings.clock });
  for (const [binding, loss] of LOSSES) {
    const isReplaced = binding === "ALERT_MANAGER" && alertClient !== undefined;
    if (!isReplaced && propertyOf(env, binding) === undefined) once(binding, `${binding} is not bound: ${loss}`);
  }
  for (const { setting, message } of settings.warnings) once(setting, message);
  if (!canFollowCalls()) once("AsyncLocalStorage", NO_STORAGE);

  function once(key: string, message: string): void {
    const name = `${workerName} ${key}`;
    if (announced.has(name)) return;
    announced.add(name);
    logger.warn(message);
  }
}
