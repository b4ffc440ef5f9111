import type { Outcome } from "../../engine/event.ts";
import type { ChannelDeps, EmailMessage, EmailSender } from "../channel.ts";
import type { EmailContent } from "./render.ts";

/** Error codes of Email Service that trying again may cure (Cloudflare docs, email-service, workers-api). */
const RETRYABLE_CODES = new Set([
  "E_RATE_LIMIT_EXCEEDED",
  "E_DAILY_LIMIT_EXCEEDED",
  "E_DELIVERY_FAILED",
  "E_INTERNAL_SERVER_ERROR",
]);
/** A used-up daily quota does not come back in minutes. */
const DAILY_LIMIT_WAIT_MS = 3_600_000;

/** Sends a mail through the `EMAIL` binding. */
export async function deliverEmail(content: EmailContent, deps: ChannelDeps): Promise<Outcome> {
  const { alertEmail, alertEmailFrom = alertEmail } = deps.settings;
  if (alertEmail === undefined || alertEmailFrom === undefined)
    return { kind: "permanent", reason: "not configured, set ALERT_EMAIL" };
  if (deps.email === undefined) return { kind: "permanent", reason: "not configured, bind EMAIL (send_email)" };
  try {
    return await withinTime(deps.email, addressed(content, alertEmail, alertEmailFrom), deps.timeoutMs);
  } catch (error) {
    return failure(error);
  }
}

function addressed(content: EmailContent, to: string, from: string): EmailMessage {
  const root = `<${content.threadId}@${from.split("@").at(-1) ?? "monotask.dev"}>`;
  const { subject, text, html } = content;
  return {
    from,
    to,
    subject,
    text,
    html,
    headers: { References: root, "In-Reply-To": root, "X-Monotask-Notification": content.notificationId },
  };
}

async function withinTime(email: EmailSender, message: EmailMessage, timeoutMs: number): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const silence = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: "retry", reason: `EMAIL: no answer within ${timeoutMs / 1000} s` }), timeoutMs);
  });
  const sent = email.send(message).then((): Outcome => ({ kind: "delivered" }), failure);
  try {
    return await Promise.race([sent, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** The code says what to do; the message stays out, it may name addresses. An error without a code is a broken connection. */
function failure(error: unknown): Outcome {
  const code =
    typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === undefined || !/^E_[A-Z_]{1,60}$/.test(code)) return { kind: "retry", reason: "EMAIL: connection failed" };
  if (!RETRYABLE_CODES.has(code))
    return { kind: "permanent", reason: `EMAIL refused: ${code}; check ALERT_EMAIL and the sender's domain` };
  return { kind: "retry", reason: `EMAIL: ${code}`, ...(code === "E_DAILY_LIMIT_EXCEEDED" && { afterMs: DAILY_LIMIT_WAIT_MS }) };
}
