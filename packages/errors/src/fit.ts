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

function isSmall(error: MonitoringError): boolean {
  return bytesAtMost(error) <= MAX_BYTES || byteLength(JSON.stringify(error)) <= MAX_BYTES;
}

/** A UTF-16 unit of a text without control characters is at most three bytes of JSON; these stand for all else of an entry. */
const BYTES_PER_UNIT = 3;
const BYTES_PER_ENTRY = 32;

/** Bytes that a plain value takes as JSON, at most: most errors need not be written out to be measured. */
function bytesAtMost(value: unknown): number {
  if (typeof value === "string") return value.length * BYTES_PER_UNIT + BYTES_PER_ENTRY;
  if (typeof value !== "object" || value === null) return BYTES_PER_ENTRY;
  let bytes = BYTES_PER_ENTRY;
  for (const [key, entry] of Object.entries(value)) bytes += key.length * BYTES_PER_UNIT + bytesAtMost(entry);
  return bytes;
}
