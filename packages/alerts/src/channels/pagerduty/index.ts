import type { Channel } from "../channel.ts";
import { deliverPagerDuty } from "./deliver.ts";
import { renderPagerDuty, type PagerDutyEvent } from "./render.ts";

/** PagerDuty, through Events API v2. */
export const pagerduty: Channel<PagerDutyEvent> = {
  name: "pagerduty",
  missing: ({ settings }) =>
    settings.pagerDutyRoutingKey === undefined ? "not configured, set PAGERDUTY_ROUTING_KEY" : undefined,
  render: renderPagerDuty,
  deliver: deliverPagerDuty,
};

export type { PagerDutyEvent };
