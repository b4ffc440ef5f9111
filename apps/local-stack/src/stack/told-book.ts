import type { InboxMessage } from "@monotask/cli/local";
import type { NotificationLine } from "./evaluator-api.ts";

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
  /** What those say and others that belong to no delivered notification, shortened: names a repeat to whoever looks for its cause. */
  readonly beyond: readonly string[];
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
    beyond: beyondFirsts(named, inbox),
    waiting: addressed.filter(({ status }) => status === "pending").length,
  };
}

const SHOWN_CHARS = 160;

function beyondFirsts(named: readonly NotificationLine[], inbox: readonly InboxMessage[]): readonly string[] {
  const seen = new Set<string>();
  return inbox.flatMap(({ channel, at, body }) => {
    const known = named.find((one) => one.channel === channel && body.includes(one.id));
    if (known === undefined && channel === "pagerduty") return [];
    const key = `${channel} ${known?.id ?? "of none"}`;
    const isFirst = known !== undefined && !seen.has(key);
    seen.add(key);
    return isFirst ? [] : [`${key} at ${at}: ${body.slice(0, SHOWN_CHARS)}`];
  });
}
