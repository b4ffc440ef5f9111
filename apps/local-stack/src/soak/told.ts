import type { InboxMessage } from "@monotask/cli/local";
import type { NotificationLine } from "../stack/evaluator-api.ts";

/** What AlertManager decided to tell, held against what arrived. */
export interface ToldBook {
  /** Notifications that a channel with an inbox took. */
  readonly decided: number;
  readonly arrived: number;
  /** Ids of notifications that never arrived. */
  readonly missing: readonly string[];
  /** Sent past an AlertManager that could not be reached, and marked so. */
  readonly direct: number;
  /** Messages beyond the first of their notification. */
  readonly repeats: number;
  /** Notifications that have not been delivered yet. */
  readonly waiting: number;
}

/** Every message carries its notification's id, but for an end or acknowledgement at PagerDuty, which carries its group alone. */
export function toldBook(notifications: readonly NotificationLine[], inbox: readonly InboxMessage[]): ToldBook {
  const addressed = notifications.filter(({ channel }) => channel !== "log");
  const delivered = addressed.filter(({ status }) => status === "delivered");
  const named = delivered.filter(({ channel, kind }) => channel !== "pagerduty" || kind === "firing");
  const missing = named.filter(
    ({ id, channel }) => !inbox.some((message) => message.channel === channel && message.body.includes(id)),
  );
  const direct = inbox.filter(({ body }) => body.includes("/direct/")).length;
  return {
    decided: delivered.length,
    arrived: inbox.length,
    missing: missing.map(({ id }) => id),
    direct,
    repeats: inbox.length - direct - delivered.length,
    waiting: addressed.filter(({ status }) => status === "pending").length,
  };
}
