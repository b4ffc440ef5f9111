import { propertyOf } from "@monotask/telemetry";

/**
 * How long a peer asked to wait, in milliseconds from now. Read from what errors and responses carry: a header `Retry-After` (seconds
 * or an HTTP date), or a property `retryAfterMs`, `retryAfterS`, `retryAfterSeconds` or `retryAfter` (seconds, or a header's text).
 * @returns undefined where nothing was asked
 */
export function retryAfterMsOf(value: unknown, nowMs: number): number | undefined {
  const ms = propertyOf(value, "retryAfterMs");
  if (isDuration(ms)) return ms;
  for (const name of ["retryAfterS", "retryAfterSeconds", "retryAfter"]) {
    const asked = propertyOf(value, name);
    if (isDuration(asked)) return asked * 1_000;
    if (typeof asked === "string") return parseRetryAfter(asked, nowMs);
  }
  const header = headerOf(value) ?? headerOf(propertyOf(value, "response"));
  return header === undefined ? undefined : parseRetryAfter(header, nowMs);
}

/** The wait that a `Retry-After` header asks for; undefined where it is neither seconds nor a date. */
export function parseRetryAfter(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,9}(?:\.\d{1,6})?$/.test(trimmed)) return Number(trimmed) * 1_000;
  const atMs = /[a-z]/i.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

function headerOf(value: unknown): string | undefined {
  const headers = propertyOf(value, "headers");
  return headers instanceof Headers ? (headers.get("retry-after") ?? undefined) : undefined;
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
