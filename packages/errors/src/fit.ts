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
    if (isSmall(kept)) break;
    const { [part]: _tooLarge, ...rest } = kept;
    kept = { ...rest, context: part === "breadcrumbs" ? error.context : { "[left out]": "larger than 16 KB with the rest" } };
  }
  return kept;
}

/** A UTF-16 unit has at most three bytes of UTF-8: most errors need no counting. */
function isSmall(error: MonitoringError): boolean {
  const json = JSON.stringify(error);
  return json.length * 3 <= MAX_BYTES || byteLength(json) <= MAX_BYTES;
}
