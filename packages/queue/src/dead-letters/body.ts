import { parse, stringify } from "devalue";
import { byteLength, scrubText, truncateBytes } from "@monotask/telemetry";
import { isPlainJson } from "../poison/envelope.ts";

/** How a body is written down, so that it goes back into its queue as it was. */
export type BodyKind =
  | "json"
  | "text"
  /** Bytes, as the queue's content type "bytes" delivers them. */
  | "bytes"
  /** Values of the structured clone format that JSON does not have. */
  | "structured"
  /** Nothing brings it back: only its preview is kept. */
  | "unreadable";

export interface StoredBody {
  readonly kind: BodyKind;
  readonly text: string;
  readonly bytes: number;
}

/** What a queue's `send` takes. */
export interface SendableBody {
  readonly body: unknown;
  readonly contentType: "json" | "text" | "bytes" | "v8";
}

/** A body as text. Never throws. */
export function encodeBody(body: unknown): StoredBody {
  if (typeof body === "string") return stored("text", body);
  if (isPlainJson(body)) return stored("json", JSON.stringify(body));
  try {
    if (body instanceof ArrayBuffer) return stored("bytes", stringify(body));
    return stored("structured", stringify(body, { Error: (value) => value instanceof Error && errorParts(value) }));
  } catch {
    return stored("unreadable", "");
  }
}

/**
 * A body as it was sent.
 * @throws Error when it cannot be brought back
 */
export function decodeBody(kind: BodyKind, text: string): SendableBody {
  switch (kind) {
    case "text":
      return { body: text, contentType: "text" };
    case "json":
      return { body: JSON.parse(text) as unknown, contentType: "json" };
    case "bytes":
      return { body: parse(text) as unknown, contentType: "bytes" };
    case "structured":
      return { body: parse(text, { Error: errorOf }) as unknown, contentType: "v8" };
    case "unreadable":
      throw new Error("its body could not be written down when it came; drop it, and send the message anew from its source");
  }
}

const PREVIEW_BYTES = 2_048;

/** What people see of a body: scrubbed and short. */
export function previewOf(body: unknown, { kind, text }: StoredBody): string {
  if (body instanceof ArrayBuffer) return `${body.byteLength} bytes`;
  const shown = kind === "unreadable" ? Object.prototype.toString.call(body) : text;
  return truncateBytes(scrubText(shown), PREVIEW_BYTES);
}

/** 16 hex digits that are the same for the same body: how a message that died again after a redrive is recognised. */
export async function bodyHash({ kind, text }: StoredBody): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${kind}\n${text}`));
  return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function stored(kind: BodyKind, text: string): StoredBody {
  return { kind, text, bytes: byteLength(text) };
}

function errorParts({ name, message, stack }: Error): Record<string, string | undefined> {
  return { name, message, stack };
}

/** Errors that a structured clone keeps apart; of any other it makes an `Error`. */
const ERRORS: readonly ErrorConstructor[] = [RangeError, ReferenceError, SyntaxError, TypeError, URIError, EvalError];

function errorOf({ name, message, stack }: { name: string; message: string; stack?: string }): Error {
  const Type = ERRORS.find((known) => known.name === name) ?? Error;
  const error = new Type(message);
  Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true });
  return error;
}
