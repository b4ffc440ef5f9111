import { propertyOf } from "@monotask/telemetry";
import type { PoisonReason } from "./judge.ts";

/** What lies in a dead letter queue for a message that was put there with its reason. */
export interface DeadLetterEnvelope {
  /** Marks the format. */
  readonly monotaskDeadLetter: 1;
  /** Id of the message in its own queue: what the effects of a message are counted by. */
  readonly id: string;
  readonly queue: string;
  /** Epoch milliseconds at which it was sent. */
  readonly sentAtMs: number;
  readonly attempts: number;
  readonly reason: PoisonReason;
  readonly error: { readonly name: string; readonly message: string; readonly fingerprint: string };
  /** The message as it was. */
  readonly body: unknown;
}

/** The envelope in a dead letter's body; undefined where the platform moved the message there as it was. */
export function envelopeOf(body: unknown): DeadLetterEnvelope | undefined {
  return isEnvelope(body) ? body : undefined;
}

/** Whether JSON brings a value back as it was. What it does not is sent in the platform's structured clone format. */
export function isPlainJson(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object" || depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => isPlainJson(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(([name, item]) => name !== "__proto__" && name !== "toJSON" && isPlainJson(item, depth + 1));
}

/** Deeper values are rare, and recursion has an end. */
const MAX_DEPTH = 64;

function isEnvelope(value: unknown): value is DeadLetterEnvelope {
  const isText = (name: string): boolean => typeof propertyOf(value, name) === "string";
  const isNumber = (name: string): boolean => typeof propertyOf(value, name) === "number";
  return (
    propertyOf(value, "monotaskDeadLetter") === 1 &&
    ["id", "queue", "reason"].every(isText) &&
    ["sentAtMs", "attempts"].every(isNumber) &&
    typeof propertyOf(propertyOf(value, "error"), "fingerprint") === "string"
  );
}
