import type { Outcome } from "../../engine/event.ts";
import type { ChannelDeps, ChannelSettings } from "../channel.ts";
import { isAllowedLoopback, isRetryable, postText } from "../post.ts";
import { hmacHex } from "../../signature/hmac.ts";
import type { WebhookMessage } from "./render.ts";

/** Posts the message, signed where there is a secret. Every 2xx is success; 4xx but 408 and 429 are refusals for good. */
export async function deliverWebhook(message: WebhookMessage, deps: ChannelDeps): Promise<Outcome> {
  const { webhookUrl: url, webhookSecret: secret } = deps.settings;
  if (url === undefined) return { kind: "permanent", reason: "not configured, set ALERT_WEBHOOK_URL" };
  const refusal = hostRefusal(url, deps.settings);
  if (refusal !== undefined) return { kind: "permanent", reason: refusal };
  const text = JSON.stringify(message);
  const headers = {
    "idempotency-key": message.id,
    ...(secret !== undefined && { "x-monotask-signature": `v1=${await hmacHex(secret, text)}` }),
  };
  const answer = await postText(url, text, deps, headers);
  if (answer.kind === "refused") return { kind: "permanent", reason: `${answer.reason}; check ALERT_WEBHOOK_URL` };
  if (answer.kind === "silent") return { kind: "retry", reason: `webhook: ${answer.reason}` };
  if (answer.status >= 200 && answer.status < 300) return { kind: "delivered" };
  const reason = `webhook answered ${answer.status}`;
  if (!isRetryable(answer.status)) return { kind: "permanent", reason: `${reason}; check ALERT_WEBHOOK_URL` };
  return { kind: "retry", reason, ...(answer.retryAfterMs !== undefined && { afterMs: answer.retryAfterMs }) };
}

/** Why the address may not be called, with the fix; the address itself is a secret and stays out. */
export function hostRefusal(url: string, settings: Pick<ChannelSettings, "webhookHosts" | "allowLoopback">): string | undefined {
  if (!URL.canParse(url)) return "ALERT_WEBHOOK_URL is not a URL";
  if (isAllowedLoopback(url, settings.allowLoopback)) return undefined;
  const { host, hostname } = new URL(url);
  return settings.webhookHosts?.some((allowed) => allowed === host || allowed === hostname)
    ? undefined
    : "the host of ALERT_WEBHOOK_URL is not allowed, name it in ALERT_WEBHOOK_HOSTS";
}
