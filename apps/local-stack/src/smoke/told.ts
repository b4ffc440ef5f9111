import type { InboxChannel } from "../inbox/message.ts";
import type { NotificationLine } from "../stack/evaluator-api.ts";

/** What channels with an address of their own received. */
export interface Received {
  readonly channel: InboxChannel;
  readonly body: string;
}

/** How often each channel was told of one group. */
export type ToldCounts = Readonly<Record<string, number>>;

/** Deliveries of the group that ended well, by channel. */
export function deliveredTo(
  notifications: readonly NotificationLine[],
  groupKey: string,
  { kind, reason }: { readonly kind: "firing" | "resolved"; readonly reason?: string },
): ToldCounts {
  const own = notifications.filter(
    (one) =>
      one.groupKey === groupKey &&
      one.kind === kind &&
      one.status === "delivered" &&
      (reason === undefined || one.reason === reason),
  );
  return countBy(own.map(({ channel }) => channel));
}

/** Messages about an outage, by channel. A message belongs to it when it holds one of the marks. */
export function receivedOf(messages: readonly Received[], marks: readonly string[], kind: "firing" | "resolved"): ToldCounts {
  const own = messages.filter(({ body }) => marks.some((mark) => body.includes(mark)) && isEnd(body) === (kind === "resolved"));
  return countBy(own.map(({ channel }) => channel));
}

/** PagerDuty is told an end by its action, people by the word. */
function isEnd(body: string): boolean {
  return /"event_action":"resolve"|\bresolved\b/i.test(body);
}

/** Whether both name the same channels with the same counts. */
export function isSameCount(a: ToldCounts, b: ToldCounts): boolean {
  return textOfCounts(a) === textOfCounts(b);
}

export function textOfCounts(counts: ToldCounts): string {
  const entries = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? "nobody" : entries.map(([channel, count]) => `${channel} ${count}×`).join(", ");
}

function countBy(channels: readonly string[]): ToldCounts {
  const counts: Record<string, number> = {};
  for (const channel of channels) counts[channel] = (counts[channel] ?? 0) + 1;
  return counts;
}
