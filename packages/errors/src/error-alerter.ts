import { createAlertClient, type AlertSignal, type CreateAlertClient } from "@monotask/alerts";
import {
  createLogger,
  createWriter,
  datasetOf,
  propertyOf,
  readSettings,
  type PointFields,
  type Settings,
  type Writer,
} from "@monotask/telemetry";
import { categoryFacts } from "./category.ts";
import { isFirstSight } from "./first-sight.ts";
import { monitoringErrorOf, type ErrorDetails, type MonitoringError } from "./monitoring-error.ts";

/** What the caller may share, so that nothing is read or made twice in one invocation. */
export interface ErrorAlerterOptions {
  readonly settings?: Settings;
  readonly writer?: Writer;
  /** `ctx.waitUntil`, so that telling an alert never delays an answer. */
  readonly keepAlive?: (work: Promise<unknown>) => void;
  /** Whether stack traces are kept. Default true. */
  readonly captureStackTraces?: boolean;
}

export interface ErrorAlerter {
  /** Describes, classifies and scrubs any thrown value. Never throws. */
  createErrorContext(error: unknown, request?: Request, context?: ErrorDetails): MonitoringError;
  /**
   * Writes the error point, logs, and raises an alert `error:{category}` unless the error is info. Once for each thrown value and
   * request. Never rejects; ends when the alert is handed over.
   */
  sendAlert(monitoringError: MonitoringError): Promise<void>;
}

/** Where a described error came from. */
const origins = new WeakMap<MonitoringError, { readonly thrown: unknown; readonly request: Request | undefined }>();

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
  const settings = options.settings ?? readSettings(env);
  const keepAlive = options.keepAlive ? { keepAlive: options.keepAlive } : {};
  const writer = options.writer ?? writerOf(env, workerName, settings, keepAlive);
  const logger = createLogger({ workerName, level: settings.logLevel, clock: settings.clock });

  return {
    createErrorContext(error, request, context = {}) {
      const withStack = monitoringErrorOf(error, request, context, settings.clock.now());
      const described = options.captureStackTraces === false ? withoutStack(withStack) : withStack;
      origins.set(described, { thrown: error, request });
      return described;
    },
    async sendAlert(error) {
      const origin = origins.get(error) ?? { thrown: error, request: undefined };
      if (!isFirstSight(origin.thrown, origin.request)) return;
      writer.write("error", pointOf(error));
      const log = logger.forRequest(error.requestId);
      log[LEVEL[error.severity]](`${error.name}: ${error.message}`, metadataOf(error));
      if (error.severity === "info") return;
      const signal = signalOf(error, workerName, settings);
      const handover = await createClient(env, { workerName, ...keepAlive }).raise(signal);
      if (handover.kind === "failed") log.warn(`alert ${signal.name} was not told: ${handover.reason}`);
    },
  };
}

const LEVEL = { critical: "error", warning: "warn", info: "info" } as const;

function withoutStack({ stack: _stack, ...rest }: MonitoringError): MonitoringError {
  return rest;
}

function writerOf(
  env: object,
  workerName: string,
  { version, environment, team }: Settings,
  keepAlive: Pick<ErrorAlerterOptions, "keepAlive">,
): Writer {
  const dataset = datasetOf(propertyOf(env, "ANALYTICS"));
  return createWriter({ dataset, identity: { workerName, version, environment, team }, ...keepAlive });
}

function pointOf(error: MonitoringError): PointFields<"error"> {
  return {
    requestId: error.requestId,
    endpoint: error.endpoint,
    method: error.method,
    statusCode: String(error.statusCode ?? 500),
    errorName: error.name,
    errorCode: error.code ?? "",
    severity: error.severity,
    category: error.category,
    fingerprint: error.fingerprint,
    message: error.message,
    stack: error.stack ?? "",
    operation: error.operation,
  };
}

function metadataOf(error: MonitoringError): Record<string, unknown> {
  const { severity, category, fingerprint, endpoint, method, context } = error;
  return { severity, category, fingerprint, endpoint, method, context };
}

function signalOf(error: MonitoringError, workerName: string, settings: Settings): AlertSignal {
  const { environment, team } = settings;
  const place = error.endpoint === "" ? workerName : `${workerName} ${error.method} ${error.endpoint}`;
  return {
    name: `error:${error.category}`,
    labels: { worker: workerName, environment, team, symptom: "errors", severity: error.severity, category: error.category },
    status: "firing",
    startsAt: error.timestamp,
    summary: `${error.category} error in ${place}: ${error.name}`,
    description: error.message,
    sample: {
      error: `${error.name}: ${error.message}`,
      ...(error.stack === undefined ? {} : { stack: error.stack }),
      requestId: error.requestId,
      fingerprint: error.fingerprint,
    },
    suggestedChecks: [...categoryFacts[error.category].checks],
  };
}
