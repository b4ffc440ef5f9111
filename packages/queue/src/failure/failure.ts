import { fingerprint, propertyOf, scrubText, truncateBytes } from "@monotask/telemetry";
import { isPassing } from "./passing.ts";
import { asksToWait } from "./retry-after.ts";

/** What is known of why a message failed. Scrubbed: it goes into data points, alerts and the dead letter store. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  /** The same for the same bug. */
  readonly fingerprint: string;
  /** Whether the same message may succeed later without anybody changing it. */
  readonly isPassing: boolean;
  /** The consumer says that no further attempt can help. */
  readonly isHopeless: boolean;
}

/** What a consumer has said of a message's failure. */
interface Note {
  readonly error: unknown;
  readonly isHopeless: boolean;
}

const notes = new WeakMap<object, Note>();
/** As much of a message as a person reads; the whole is in the error point. */
export const MAX_MESSAGE_BYTES = 512;

/** Remembers why a message failed, for the monitoring of its batch. */
export function noteFailure(message: object, error: unknown, isHopeless = false): void {
  notes.set(message, { error, isHopeless });
}

/** What a consumer has said of a message's failure; undefined where it said nothing. */
export function noteOf(message: object): Note | undefined {
  return notes.get(message);
}

/** Describes any thrown value. Never throws. */
export function failureOf({ error, isHopeless }: Note): Failure {
  const name = textAt(error, "name") ?? "NonError";
  const message = textAt(error, "message") ?? (typeof error === "string" ? error : "");
  return {
    name,
    message: truncateBytes(scrubText(message), MAX_MESSAGE_BYTES),
    fingerprint: fingerprint({ name, message, code: textAt(error, "code"), stack: textAt(error, "stack") }),
    isPassing: isPassing(error) || asksToWait(error),
    isHopeless,
  };
}

function textAt(value: unknown, name: string): string | undefined {
  const text = propertyOf(value, name);
  return typeof text === "string" && text !== "" ? text : undefined;
}
