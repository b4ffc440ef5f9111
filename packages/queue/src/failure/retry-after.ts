import { propertyOf } from "@monotask/telemetry";

/** Properties that hold seconds, or a header's text. */
const SECONDS = ["retryAfterS", "retryAfterSeconds", "retryAfter"] as const;

/**
 * How long a peer asked to wait, in milliseconds from now. Read from what errors and responses carry: a header `Retry-After` (seconds
 * or an HTTP date), or a property `retryAfterMs`, `retryAfterS`, `retryAfterSeconds` or `retryAfter` (seconds, or a header's text).
 * @returns undefined where nothing was asked
 */
export function retryAfterMsOf(value: unknown, nowMs: number): number | undefined {
  const ms = propertyOf(value, "retryAfterMs");
  if (isDuration(ms)) return ms;
  for (const name of SECONDS) {
    const asked = propertyOf(value, name);
    if (isDuration(asked)) return asked * 1_000;
    if (typeof asked === "string") return parseRetryAfter(asked, nowMs);
  }
  const header = headerOf(value);
  return header === undefined ? undefined : parseRetryAfter(header, nowMs);
}

/** Whether a peer asked to wait, however long: reading how long is left to whoever waits. */
export function asksToWait(value: unknown): boolean {
  const isSaid = SECONDS.some((name) => ["number", "string"].includes(typeof propertyOf(value, name)));
  return isSaid || isDuration(propertyOf(value, "retryAfterMs")) || headerOf(value) !== undefined;
}

/** The wait that a `Retry-After` header asks for; undefined where it is neither seconds nor a date. */
export function parseRetryAfter(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,9}(?:\.\d{1,6})?$/.test(trimmed)) return Number(trimmed) * 1_000;
  const atMs = /[a-z]/i.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** The header of a response, or of the one that an error carries. */
function headerOf(value: unknown): string | undefined {
  for (const headers of [propertyOf(value, "headers"), propertyOf(propertyOf(value, "response"), "headers")]) {
    const header = headers instanceof Headers ? headers.get("retry-after") : null;
    if (header !== null) return header;
  }
  return undefined;
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
