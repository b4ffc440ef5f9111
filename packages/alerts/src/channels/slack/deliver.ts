import type { Outcome } from "../../engine/event.ts";
import type { ChannelDeps } from "../channel.ts";
import { isRetryable, postJson } from "../post.ts";
import type { SlackMessage } from "./render.ts";

/** Slack's words for "not now" (api.slack.com/messaging/webhooks); every other word is a refusal for good. */
const RETRYABLE_WORDS = new Set(["rollup_error", "rate_limited"]);

/** Posts a message to the webhook. Only 200 with the body `ok` is success. */
export async function deliverSlack(message: SlackMessage, deps: ChannelDeps): Promise<Outcome> {
  const url = deps.settings.slackWebhookUrl;
  if (url === undefined) return { kind: "permanent", reason: "not configured, set SLACK_WEBHOOK_URL" };
  const answer = await postJson(url, message, deps);
  if (answer.kind === "refused") return { kind: "permanent", reason: `${answer.reason}; check SLACK_WEBHOOK_URL` };
  if (answer.kind === "silent") return { kind: "retry", reason: `Slack: ${answer.reason}` };
  if (answer.status === 200 && answer.body === "ok") return { kind: "delivered" };
  const word = slackWord(answer.body);
  const reason = `Slack answered ${answer.status}${word === undefined ? "" : ` ${word}`}`;
  const canRetry =
    word === undefined
      ? isRetryable(answer.status) || answer.status === 200
      : RETRYABLE_WORDS.has(word) || isRetryable(answer.status);
  if (!canRetry) return { kind: "permanent", reason: `${reason}; check SLACK_WEBHOOK_URL` };
  return { kind: "retry", reason, ...(answer.retryAfterMs !== undefined && { afterMs: answer.retryAfterMs }) };
}

/** The error word of an answer; anything that is not such a word stays out of reasons, for it could hold anything. */
function slackWord(body: string): string | undefined {
  return /^[a-z]+(?:_[a-z]+)+$/.test(body) && body.length <= 60 ? body : undefined;
}
