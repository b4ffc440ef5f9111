import { propertyOf, scrubText, truncateBytes } from "@monotask/telemetry";
import { envelopeOf } from "../poison/envelope.ts";
import { MAX_MESSAGE_BYTES } from "../failure/failure.ts";
import type { PoisonReason } from "../poison/judge.ts";
import { attemptsOf, idOf, sentMsOf } from "../batch/message.ts";

/** Where a stored dead letter stands. */
export type LetterState =
  /** Waits for a person. */
  | "stored"
  /** Claimed by a redrive that has not ended. */
  | "redriving"
  /** Back in its queue. */
  | "redriven"
  /** A redrive ended before it could say whether the queue took the message: only a person may send it again. */
  | "uncertain"
  | "dropped";

export const LETTER_STATES: readonly LetterState[] = ["stored", "redriving", "redriven", "uncertain", "dropped"];

/** What the platform or a consumer says of a death. `unknown`: moved by the platform, after its last attempt. */
export type DeathReason = PoisonReason | "unknown";

/** A dead letter on its way into the store. */
export interface DeadLetter {
  readonly id: string;
  /** The queue it died in. */
  readonly queue: string;
  readonly sentAtMs: number;
  readonly attempts: number;
  readonly reason: DeathReason;
  readonly errorName: string;
  readonly errorMessage: string;
  readonly fingerprint: string;
  readonly body: unknown;
}

/** What people and programs see of a stored dead letter. */
export interface LetterView {
  readonly id: string;
  readonly queue: string;
  readonly state: LetterState;
  readonly sentAtMs: number;
  readonly deadAtMs: number;
  readonly attempts: number;
  readonly reason: DeathReason;
  readonly errorName: string;
  readonly errorMessage: string;
  readonly fingerprint: string;
  /** Scrubbed and short; the body itself never leaves the store but to its queue. */
  readonly preview: string;
  readonly bodyBytes: number;
  readonly storedIn: "d1" | "r2";
  /** How often the same body has been redriven from this queue and died again. */
  readonly redrives: number;
  readonly resolvedAtMs: number | null;
  readonly resolvedBy: string | null;
}

/**
 * The dead letter in a message of a dead letter queue: out of the envelope that `monitorQueue` puts there, or as the platform moved it.
 * @param source the queue that the dead letter queue belongs to
 */
export function letterOf(message: object, source: string): DeadLetter {
  const body = propertyOf(message, "body");
  const envelope = envelopeOf(body);
  if (envelope) {
    // Any program may write into a dead letter queue: an envelope's texts are no safer than a body.
    const { id, queue, error } = envelope;
    return {
      id: truncateBytes(id, MAX_ID_BYTES),
      queue: truncateBytes(queue, MAX_ID_BYTES),
      sentAtMs: Number.isFinite(envelope.sentAtMs) ? Math.trunc(envelope.sentAtMs) : 0,
      attempts: Number.isFinite(envelope.attempts) ? Math.trunc(envelope.attempts) : 1,
      reason: REASONS.find((known) => known === envelope.reason) ?? "unknown",
      errorName: textOf(error, "name", MAX_NAME_BYTES),
      errorMessage: textOf(error, "message", MAX_MESSAGE_BYTES),
      fingerprint: truncateBytes(error.fingerprint, MAX_NAME_BYTES),
      body: envelope.body,
    };
  }
  return {
    // The platform keeps a message's id on its way to the dead letter queue.
    id: idOf(message),
    queue: source,
    sentAtMs: sentMsOf(message) ?? 0,
    attempts: attemptsOf(message),
    reason: "unknown",
    errorName: "",
    errorMessage: "",
    fingerprint: "",
    body,
  };
}

const REASONS: readonly PoisonReason[] = ["last-attempt", "same-failure", "given-up"];
/** Longer ids are no ids of the platform's, and R2 takes keys of 1,024 bytes. */
const MAX_ID_BYTES = 256;
const MAX_NAME_BYTES = 64;

function textOf(value: unknown, name: string, maxBytes: number): string {
  const text = propertyOf(value, name);
  return typeof text === "string" ? truncateBytes(scrubText(text.slice(0, 8 * maxBytes)), maxBytes) : "";
}
