import type { Clock } from "./clock.ts";
import type { LogLevel } from "./settings/settings.ts";
import { safeJson } from "./text/json.ts";

export interface LogLine {
  readonly level: LogLevel;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly workerName: string;
  readonly requestId: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface LoggerOptions {
  /** Stands in every line. */
  readonly workerName: string;
  /** `info`, `warn` or `error`; what is less is left out. */
  readonly level: LogLevel;
  /** Where `timestamp` comes from. */
  readonly clock: Clock;
  /** Stands in every line. */
  readonly requestId?: string;
  /** Where lines go. @default the console */
  readonly write?: (line: string, level: LogLevel) => void;
  /** How a line becomes text. @default as JSON without secrets, whatever the metadata holds */
  readonly stringify?: (line: LogLine) => string;
}

/**
 * Structured logger: one JSON object a line, without secrets, and without what its level leaves out. Never throws, whatever the
 * metadata holds.
 */
export interface Logger {
  info(message: string, metadata?: Readonly<Record<string, unknown>>): void;
  warn(message: string, metadata?: Readonly<Record<string, unknown>>): void;
  error(message: string, metadata?: Readonly<Record<string, unknown>>): void;
  /** The same logger with a request's id in each line. */
  forRequest(requestId: string): Logger;
}

const RANK: Readonly<Record<LogLevel, number>> = { info: 0, warn: 1, error: 2 };

export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? ((line, level) => console[level === "info" ? "log" : level](line));
  const at =
    (level: LogLevel) =>
    (message: string, metadata: Readonly<Record<string, unknown>> = {}): void => {
      if (RANK[level] < RANK[options.level]) return;
      try {
        const { clock, workerName, requestId = "", stringify = safeJson } = options;
        const line: LogLine = { level, timestamp: clock.now(), workerName, requestId, message, metadata };
        write(stringify(line), level);
      } catch {
        // A clock or a sink that fails must not fail the request that logs.
      }
    };
  return {
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    forRequest: (requestId) => createLogger({ ...options, requestId }),
  };
}
