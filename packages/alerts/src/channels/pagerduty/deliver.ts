import type { Outcome } from "../../engine/event.ts";
import { truncateBytes } from "../../model/text.ts";
import type { ChannelDeps } from "../channel.ts";
import { isRetryable, postJson } from "../post.ts";
import type { PagerDutyEvent } from "./render.ts";

const EVENTS_URL = "https://events.pagerduty.com/v2/enqueue";
/** PagerDuty asks for a wait of about half a minute after 429 and names no time itself. */
const RATE_LIMIT_WAIT_MS = 30_000;

/** Sends an event. 202 is success, 400 is never tried again (PagerDuty developer docs, Events API v2). */
export async function deliverPagerDuty(event: PagerDutyEvent, deps: ChannelDeps): Promise<Outcome> {
  const { pagerDutyRoutingKey: routingKey, pagerDutyEventsUrl } = deps.settings;
  if (routingKey === undefined) return { kind: "permanent", reason: "not configured, set PAGERDUTY_ROUTING_KEY" };
  const answer = await postJson(pagerDutyEventsUrl ?? EVENTS_URL, { routing_key: routingKey, ...event }, deps);
  if (answer.kind === "refused") return { kind: "permanent", reason: `${answer.reason}; check PAGERDUTY_EVENTS_URL` };
  if (answer.kind === "silent") return { kind: "retry", reason: `PagerDuty: ${answer.reason}` };
  if (answer.status === 202) return { kind: "delivered" };
  const said = complaint(answer.body).replaceAll(routingKey, "***");
  const reason = `PagerDuty answered ${answer.status}${said === "" ? "" : `: ${said}`}`;
  if (!isRetryable(answer.status)) return { kind: "permanent", reason: `${reason}; check PAGERDUTY_ROUTING_KEY` };
  const afterMs = answer.retryAfterMs ?? (answer.status === 429 ? RATE_LIMIT_WAIT_MS : undefined);
  return { kind: "retry", reason, ...(afterMs !== undefined && { afterMs }) };
}

/** `message` and `errors` of PagerDuty's answer; nothing of an answer in another form. */
function complaint(body: string): string {
  const parsed = parseJson(body);
  if (typeof parsed !== "object" || parsed === null) return "";
  const message = "message" in parsed && typeof parsed.message === "string" ? [parsed.message] : [];
  const errors =
    "errors" in parsed && Array.isArray(parsed.errors) ? parsed.errors.filter((error) => typeof error === "string") : [];
  return truncateBytes([...message, ...errors].join(", "), 300);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
