import { propertyOf } from "@monotask/telemetry";
import { attemptsOf, idOf, sentMsOf, type QueueSender } from "../batch/message.ts";
import type { Failure } from "../failure/failure.ts";
import { isPlainJson, type DeadLetterEnvelope } from "./envelope.ts";
import type { PoisonReason } from "./judge.ts";

/** A dead letter queue that does not answer must not hold its host: the platform then moves the message, without the reason. */
const SEND_TIMEOUT_MS = 5_000;

/**
 * Puts a message into the dead letter queue with the reason. Never rejects.
 * @returns whether the queue has it: only then may the message be acknowledged
 */
export async function quarantine(
  sender: QueueSender,
  queue: string,
  message: object,
  reason: PoisonReason,
  failure: Failure | undefined,
): Promise<boolean> {
  const body = propertyOf(message, "body");
  const { name = "", message: text = "", fingerprint = "" } = failure ?? {};
  const envelope: DeadLetterEnvelope = {
    monotaskDeadLetter: 1,
    id: idOf(message),
    queue,
    sentAtMs: sentMsOf(message) ?? 0,
    attempts: attemptsOf(message),
    reason,
    error: { name, message: text, fingerprint },
    body,
  };
  let timer: ReturnType<typeof setTimeout> | null = null;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), SEND_TIMEOUT_MS);
  });
  try {
    const sent = sender.send(envelope, { contentType: isPlainJson(body) ? "json" : "v8" }).then(
      () => true,
      () => false,
    );
    return await Promise.race([sent, tooLate]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
