/** W3C Trace Context, version 00: trace id, parent span id, flags. Source: https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export interface TraceContext {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  readonly parentId: string;
  readonly flags: string;
}

/** Reads a `traceparent` header; undefined where it is none. */
export function parseTraceparent(header: string | null | undefined): TraceContext | undefined {
  const [, traceId = "", parentId = "", flags = ""] = TRACEPARENT.exec(header ?? "") ?? [];
  if (traceId === "" || /^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, parentId, flags };
}

/** The header for a call that continues a trace, from a span of our own. */
export function childTraceparent({ traceId, flags }: TraceContext): string {
  const span = crypto.getRandomValues(new Uint8Array(8));
  const spanId = Array.from(span, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `00-${traceId}-${spanId}-${flags}`;
}
