import { createAlertClient, type AlertSignal, type CreateAlertClient } from "@monotask/alerts";
import {
  alsoScrub,
  ambientKeepAlive,
  createLogger,
  createWriter,
  datasetOf,
  propertyOf,
  readSettings,
  type PointFields,
  type Settings,
  type Writer,
} from "@monotask/telemetry";
import { monitoringErrorOf } from "./capture-error.ts";
import type { ErrorShape } from "./describe-error.ts";
import { isFirstSight } from "./first-sight.ts";
import type { ErrorDetails, MonitoringError } from "./monitoring-error.ts";
import { reached, thresholdOf, type Thresholds } from "./threshold.ts";
import type { ClassifyRule } from "./user-rules.ts";

/** How a worker's errors are understood and told. */
export interface ErrorOptions {
  /** Own rules for severity and category; the first that matches counts. */
  readonly classify?: readonly ClassifyRule[];
  /** Names the group of an error; undefined leaves it to class, code, message and functions. */
  readonly fingerprint?: (error: ErrorShape, thrown: unknown) => string | undefined;
  /**
   * From how many occurrences on a rule is raised, by rule name: `{ "error:timeout": { atLeast: 5, inMinutes: 10 } }`. Both are numbers
   * above 0: others are named in the log, and the rule is raised at once.
   */
  readonly thresholds?: Thresholds;
  /** Names of further fields whose values are secrets. They count for the whole isolate. */
  readonly scrub?: readonly string[];
  /** Whether stack traces are kept. @default `true` */
  readonly captureStackTraces?: boolean;
}

/** What the caller may share, so that nothing is read or made twice in one invocation. */
export interface ErrorAlerterOptions extends ErrorOptions {
  /** Settings that were read already. @default read from env */
  readonly settings?: Settings;
  /** The invocation's writer, so that all packages share its 250 points. @default a new one */
  readonly writer?: Writer;
  /** `ctx.waitUntil`, so that telling an alert never delays an answer. @default the running invocation's */
  readonly keepAlive?: ((work: Promise<unknown>) => void) | undefined;
  /**
   * Stands for the invocation where an error has no request, such as a cron's: a value that is kept and thrown in each of them counts in
   * each. @default none: such a value counts once
   */
  readonly invocation?: object | undefined;
}

export interface ErrorAlerter {
  /** Describes, classifies and scrubs any thrown value, in at most 16 KB. Never throws. */
  createErrorContext(error: unknown, request?: Request, context?: ErrorDetails): MonitoringError;
  /**
   * Writes the error point, logs, and raises an alert `error:{category}` unless the error is info or its threshold is not reached.
   * Once for each thrown value and request. Never rejects; ends when the alert is handed over. What is no described error, such as the
   * thrown value itself, is described first.
   */
  sendAlert(monitoringError: MonitoringError): Promise<void>;
}

/** Where a described error came from. */
const origins = new WeakMap<MonitoringError, { readonly thrown: unknown; readonly invocation: unknown }>();

/**
 * Tells errors of one worker to people.
 * @param env the worker's bindings and vars, of any type; used: ANALYTICS, ALERT_MANAGER, ALERT_COOLDOWN and the settings
 */
export function createErrorAlerter(env: object, workerName: string, options: ErrorAlerterOptions = {}): ErrorAlerter {
  return errorAlerterOver(createAlertClient, env, workerName, options);
}

/** The same over an alert client of the caller's choice: `createManagerClient` leaves the channels' code out of the worker. */
export function errorAlerterOver(
  createClient: CreateAlertClient,
  env: object,
  workerName: string,
  options: ErrorAlerterOptions = {},
): ErrorAlerter {
  const { keepAlive = ambientKeepAlive(), settings = readSettings(env) } = options;
  const writer = options.writer ?? writerOf(env, workerName, settings, keepAlive);
  const { logLevel: level, clock } = settings;
  if (options.scrub) alsoScrub(options.scrub);

  function createErrorContext(error: unknown, request?: Request, context: ErrorDetails = {}): MonitoringError {
    const described = monitoringErrorOf(error, request, context, { ...options, workerName, settings });
    // A text is nobody's own: two messages of a batch may fail with the same.
    const invocation = request ?? (typeof error === "object" ? options.invocation : undefined);
    origins.set(described, { thrown: error, invocation });
    return described;
  }

  return {
    createErrorContext,
    async sendAlert(given) {
      const error = isDescribed(given) ? given : createErrorContext(given);
      const { thrown, invocation } = origins.get(error) ?? { thrown: error, invocation: undefined };
      if (!isFirstSight(thrown, invocation)) return;
      writer.write("error", pointOf(error));
      // Scrubbed and bounded already: it need not be walked once more.
      const log = createLogger({ workerName, level, clock, requestId: error.requestId, stringify: JSON.stringify });
      log[LEVEL[error.severity]](`${error.name}: ${error.message}`, metadataOf(error));
      if (error.severity === "info") return;
      const signal = signalOf(error, settings);
      const threshold = thresholdOf(options.thresholds, signal.name, (message) => log.warn(message));
      const count = threshold && reached(workerName, signal.name, threshold, error.timestamp);
      if (threshold && count === undefined) return;
      const told = threshold ? { ...signal, ...figuresOf(threshold, count ?? 0) } : signal;
      const handover = await createClient(env, { workerName, keepAlive }).raise(told);
      if (handover.kind === "failed") log.warn(`alert ${signal.name} was not told: ${handover.reason}`);
    },
  };
}

const LEVEL = { critical: "error", warning: "warn", info: "info" } as const;

/** A described error may come from another isolate, without its origin; a JavaScript caller may hand over anything. */
function isDescribed(given: unknown): given is MonitoringError {
  return Object.hasOwn(LEVEL, String(propertyOf(given, "severity")));
}

function writerOf(
  env: object,
  workerName: string,
  { version, environment, team }: Settings,
  keepAlive: ErrorAlerterOptions["keepAlive"],
): Writer {
  const dataset = datasetOf(propertyOf(env, "ANALYTICS"));
  return createWriter({ dataset, identity: { workerName, version, environment, team }, keepAlive });
}

/** The writer takes from it what the schema has. */
function pointOf(error: MonitoringError): PointFields<"error"> {
  const { name: errorName, code: errorCode = "", statusCode = 500 } = error;
  return { ...error, errorName, errorCode, statusCode: String(statusCode), stack: traceOf(error) };
}

/** What the log line says beyond its message. */
function metadataOf(error: MonitoringError): Record<string, unknown> {
  const { name: _name, message: _message, workerName: _worker, requestId: _request, timestamp: _timestamp, ...rest } = error;
  return rest;
}

/** The stack with the errors behind it, in the order in which they came to light. */
function traceOf({ stack = "", related = [], leftOut = 0 }: MonitoringError): string {
  const lines = related.map((one) => `${one.relation}: ${one.stack ?? `${one.name}: ${one.message}`}`);
  return [stack, ...lines, ...(leftOut > 0 ? [`and ${leftOut} more`] : [])].join("\n").trim();
}

function figuresOf(
  { atLeast, inMinutes }: Thresholds[string],
  count: number,
): Pick<AlertSignal, "value" | "threshold" | "count"> {
  return { value: `${count} in ${inMinutes} min`, threshold: `${atLeast} in ${inMinutes} min`, count: 1 };
}

function signalOf(error: MonitoringError, { environment, team }: Settings): AlertSignal {
  const { workerName, category, endpoint } = error;
  const place = endpoint === "" ? workerName : `${workerName} ${error.method} ${endpoint}`;
  return {
    name: `error:${category}`,
    labels: { worker: workerName, environment, team, symptom: "errors", severity: error.severity, category },
    status: "firing",
    startsAt: error.timestamp,
    summary: `${category} error in ${place}: ${error.name}`,
    description: error.message,
    sample: {
      error: `${error.name}: ${error.message}`,
      stack: traceOf(error),
      requestId: error.requestId,
      fingerprint: error.fingerprint,
    },
  };
}
