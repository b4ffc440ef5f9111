import type { Channel } from "../channel.ts";
import { deliverSlack } from "./deliver.ts";
import { renderSlack, type SlackBlock, type SlackMessage, type SlackText } from "./render.ts";

/** Slack, through an incoming webhook. */
export const slack: Channel<SlackMessage> = {
  name: "slack",
  missing: ({ settings }) => (settings.slackWebhookUrl === undefined ? "not configured, set SLACK_WEBHOOK_URL" : undefined),
  render: renderSlack,
  deliver: deliverSlack,
};

export type { SlackBlock, SlackMessage, SlackText };
