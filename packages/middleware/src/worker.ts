import { createErrorAlerter, type ErrorAlerter } from "@monotask/errors";
import { createLogger, createWriter, datasetOf, propertyOf, readSettings, type Settings, type Writer } from "@monotask/telemetry";

export type KeepAlive = (work: Promise<unknown>) => void;

/** What one invocation writes to and tells errors with. */
export interface Invocation {
  readonly settings: Settings;
  readonly writer: Writer;
  readonly alerter: ErrorAlerter;
  readonly keepAlive: KeepAlive | undefined;
}

/** Settings of an environment are read once an isolate. */
const settingsOfEnvs = new WeakMap<object, Settings>();
const announced = new Set<string>();

/** What is lost without a binding. */
const LOSSES: readonly (readonly [string, string])[] = [
  ["ANALYTICS", "no metrics are written. Add an analytics_engine_datasets binding named ANALYTICS"],
  ["ALERT_MANAGER", "alerts go straight to the channels, without retries. Bind the Durable Object AlertManager as ALERT_MANAGER"],
];

/** True where the worker's `MONOTASK` var is `off`. */
export function isOff(env: unknown): boolean {
  return propertyOf(env, "MONOTASK") === "off";
}

/** Opens one invocation of a worker. What is missing in `env` is named once an isolate in the log. */
export function openInvocation(env: object, workerName: string, ctx?: unknown): Invocation {
  const settings = settingsFor(env, workerName);
  const keepAlive = keepAliveOf(ctx);
  const shared = { settings, ...(keepAlive ? { keepAlive } : {}) };
  const { version, environment, team } = settings;
  const writer = createWriter({
    dataset: datasetOf(propertyOf(env, "ANALYTICS")),
    identity: { workerName, version, environment, team },
    ...(keepAlive ? { keepAlive } : {}),
  });
  return { settings, writer, keepAlive, alerter: createErrorAlerter(env, workerName, { ...shared, writer }) };
}

/** Lets work outlive the answer. It never rejects, so nothing is left unhandled where nobody can keep it alive. */
export function keptAlive(work: Promise<void>, keepAlive: KeepAlive | undefined): void {
  if (keepAlive) keepAlive(work);
}

function settingsFor(env: object, workerName: string): Settings {
  const known = settingsOfEnvs.get(env);
  if (known) return known;
  const settings = readSettings(env);
  settingsOfEnvs.set(env, settings);
  const logger = createLogger({ workerName, level: settings.logLevel, clock: settings.clock });
  for (const [binding, loss] of LOSSES) {
    if (propertyOf(env, binding) === undefined) announceOnce(`${workerName} ${binding}`, `${binding} is not bound: ${loss}`);
  }
  for (const { setting, message } of settings.warnings) announceOnce(`${workerName} ${setting}`, message);
  return settings;

  function announceOnce(key: string, message: string): void {
    if (announced.has(key)) return;
    announced.add(key);
    logger.warn(message);
  }
}

/** `ctx.waitUntil`, safe where there is no context or where it refuses. */
function keepAliveOf(ctx: unknown): KeepAlive | undefined {
  const waitUntil = propertyOf(ctx, "waitUntil");
  if (typeof waitUntil !== "function") return undefined;
  return (work) => {
    try {
      Reflect.apply(waitUntil, ctx, [work]);
    } catch {
      // The invocation is over: nothing more can be kept alive, and the host must not notice.
    }
  };
}
