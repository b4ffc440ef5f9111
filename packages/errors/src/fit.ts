import { byteLength } from "@monotask/telemetry";
import type { MonitoringError } from "./monitoring-error.ts";

/** An error as JSON, in bytes: as much as one data point takes. */
const MAX_BYTES = 16_384;

/** What is left out first where all of it is too large. */
const DISPENSABLE = ["breadcrumbs", "context", "request", "related", "user", "stack"] as const;

/** The error with as many of its parts as fit. Class, message, fingerprint and origin always do. */
export function fitted(error: MonitoringError): MonitoringError {
  let kept = error;
  for (const part of DISPENSABLE) {
    if (byteLength(JSON.stringify(kept)) <= MAX_BYTES) break;
    const { [part]: _tooLarge, ...rest } = kept;
    kept = { ...rest, context: part === "breadcrumbs" ? error.context : { "[left out]": "larger than 16 KB with the rest" } };
  }
  return kept;
}
