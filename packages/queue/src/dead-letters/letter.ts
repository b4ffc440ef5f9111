import { propertyOf } from "@monotask/telemetry";
import { envelopeOf } from "../poison/envelope.ts";
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
    const { id, queue, sentAtMs, attempts, reason, error } = envelope;
    const { name: errorName, message: errorMessage, fingerprint } = error;
    return { id, queue, sentAtMs, attempts, reason, errorName, errorMessage, fingerprint, body: envelope.body };
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
