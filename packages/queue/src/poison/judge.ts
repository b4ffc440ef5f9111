import type { Failure } from "../failure/failure.ts";

/** Why a message is poison. */
export type PoisonReason =
  /** It failed on its last attempt. */
  | "last-attempt"
  /** It failed again, with a failure that has been seen too often. */
  | "same-failure"
  /** Its consumer gave it up. */
  | "given-up";

/** What becomes of a failed message. */
export type Verdict = { readonly kind: "retry" } | { readonly kind: "poison"; readonly reason: PoisonReason };

export interface PoisonRules {
  /** `max_retries` of the consumer, which a consumer cannot read itself. */
  readonly maxRetries: number;
  /** Failures of one fingerprint from which a message that fails so for the second time is poison. */
  readonly poisonAfter: number;
}

/** One failed attempt. */
export interface Attempt {
  /** Deliveries of the message so far, this one included. */
  readonly attempts: number;
  /** Absent where the consumer retried without saying why. */
  readonly failure?: Failure | undefined;
}

/** How often each fingerprint was seen, oldest sight first. */
export type PoisonMemory = ReadonlyMap<string, number>;

/** Fingerprints that are remembered: more bugs than that at once are one outage. */
const MAX_FINGERPRINTS = 256;
/** A failure that is not the first of its message. */
const SECOND_ATTEMPT = 2;

/**
 * Judges one failed attempt. A failure that may pass by itself is never held against the message before its last attempt: an outage
 * of a peer must not empty the queue into the dead letter queue.
 */
export function judge(memory: PoisonMemory, attempt: Attempt, rules: PoisonRules): { memory: PoisonMemory; verdict: Verdict } {
  const { attempts, failure } = attempt;
  const next = failure === undefined || failure.isPassing ? memory : seen(memory, failure.fingerprint);
  return { memory: next, verdict: verdictOf(next, attempts, failure, rules) };
}

function verdictOf(memory: PoisonMemory, attempts: number, failure: Failure | undefined, rules: PoisonRules): Verdict {
  if (failure?.isHopeless) return { kind: "poison", reason: "given-up" };
  if (attempts > rules.maxRetries) return { kind: "poison", reason: "last-attempt" };
  const sights = failure === undefined ? 0 : (memory.get(failure.fingerprint) ?? 0);
  const isRepeated = failure !== undefined && !failure.isPassing && attempts >= SECOND_ATTEMPT && sights >= rules.poisonAfter;
  return isRepeated ? { kind: "poison", reason: "same-failure" } : { kind: "retry" };
}

function seen(memory: PoisonMemory, fingerprint: string): PoisonMemory {
  const next = new Map(memory);
  next.delete(fingerprint);
  next.set(fingerprint, (memory.get(fingerprint) ?? 0) + 1);
  if (next.size > MAX_FINGERPRINTS) {
    const [oldest] = next.keys();
    if (oldest !== undefined) next.delete(oldest);
  }
  return next;
}
