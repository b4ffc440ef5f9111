import type { Channel } from "../channel.ts";
import { deliverWebhook, hostRefusal } from "./deliver.ts";
import { renderWebhook, type WebhookMessage } from "./render.ts";

/** Any service that takes JSON, at a host that is allowed by name. */
export const webhook: Channel<WebhookMessage> = {
  name: "webhook",
  missing({ settings }) {
    if (settings.webhookUrl === undefined) return "not configured, set ALERT_WEBHOOK_URL";
    return hostRefusal(settings.webhookUrl, settings);
  },
  render: renderWebhook,
  deliver: deliverWebhook,
};

export type { WebhookMessage };
