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
  const first = poisoned.find(({ failure }) => failure !== undefined);
  const cause =
    first?.failure === undefined ? "for a reason its consumer did not give" : `${first.failure.name}: ${first.failure.message}`;
  const count = poisoned.length;
  const listed = poisoned
    .slice(0, NAMED_MESSAGES)
    .map(
      ({ id, reason, failure }) =>
        `${id} ${WORDS[reason]}${failure === undefined ? "" : ` (fingerprint ${failure.fingerprint})`}`,
    );
  const rest = count > NAMED_MESSAGES ? `, and ${count - NAMED_MESSAGES} more` : "";
  const whereabouts = poisoned.every(({ isPutAside }) => isPutAside)
    ? "They lie in the dead letter queue with their reason"
    : "Those without a reason in the dead letter queue were moved there by the platform, or will be";
  return {
    name: "queue:poison",
    labels: { worker: workerName, environment, team, symptom: "errors", severity: "warning", queue },
    status: "firing",
    startsAt: clock.now(),
    value: `${count} message${count === 1 ? "" : "s"}`,
    threshold: "0 messages",
    summary: `${count} poison message${count === 1 ? "" : "s"} in ${queue}: ${cause}`,
    description: `${listed.join("; ")}${rest}. ${whereabouts}.`,
    runbookUrl: "runbooks/queue-backup.md",
    ...(first?.failure === undefined
      ? {}
      : { sample: { error: `${first.failure.name}: ${first.failure.message}`, fingerprint: first.failure.fingerprint } }),
    suggestedChecks: [
      `monotask queue dlq list --queue ${queue}`,
      "Mend what the error names, then redrive: monotask queue dlq redrive --all",
    ],
    count,
  };
}
