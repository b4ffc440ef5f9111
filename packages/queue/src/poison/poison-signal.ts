import type { AlertSignal } from "@monotask/alerts";
import type { Settings } from "@monotask/telemetry";
import type { Failure } from "../failure/failure.ts";
import type { PoisonReason } from "./judge.ts";

export interface PoisonedMessage {
  readonly id: string;
  readonly reason: PoisonReason;
  readonly failure: Failure | undefined;
  /** The dead letter queue has it with its reason. */
  readonly isPutAside: boolean;
}

export interface PoisonReport {
  readonly queue: string;
  readonly workerName: string;
  readonly settings: Settings;
  readonly poisoned: readonly PoisonedMessage[];
}

const NAMED_MESSAGES = 10;

const WORDS: Readonly<Record<PoisonReason, string>> = {
  "last-attempt": "failed on its last attempt",
  "same-failure": "failed again with a failure that was seen before",
  "given-up": "was given up by its consumer",
};

/** The alert that names the poison messages of a batch. A queue has one such alert at a time, however many bugs it meets. */
export function poisonSignal({ queue, workerName, settings, poisoned }: PoisonReport): AlertSignal {
  const { environment, team, clock } = settings;
  const count = poisoned.length;
  const value = `${count} message${count === 1 ? "" : "s"}`;
  const failure = poisoned.find((one) => one.failure)?.failure;
  const sample = failure && { error: `${failure.name}: ${failure.message}`, fingerprint: failure.fingerprint };
  const named = poisoned.slice(0, NAMED_MESSAGES).map((one) => {
    const because = one.failure ? ` (fingerprint ${one.failure.fingerprint})` : "";
    return `${one.id} ${WORDS[one.reason]}${because}`;
  });
  const rest = count > NAMED_MESSAGES ? `, and ${count - NAMED_MESSAGES} more` : "";
  const whereabouts = poisoned.every(({ isPutAside }) => isPutAside)
    ? "They lie in the dead letter queue with their reason"
    : "Those without a reason in the dead letter queue were moved there by the platform, or will be";
  return {
    name: "queue:poison",
    labels: { worker: workerName, environment, team, symptom: "errors", severity: "warning", queue },
    status: "firing",
    startsAt: clock.now(),
    value,
    threshold: "0 messages",
    summary: `${value.replace("message", "poison message")} in ${queue}: ${sample?.error ?? "for a reason its consumer did not give"}`,
    description: `${named.join("; ")}${rest}. ${whereabouts}.`,
    ...(sample && { sample }),
    count,
  };
}
