import type { NotificationLine } from "../stack/evaluator-api.ts";

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

/** Whether both name the same channels with the same counts. */
export function isSameCount(a: ToldCounts, b: ToldCounts): boolean {
  return textOfCounts(a) === textOfCounts(b);
}

export function textOfCounts(counts: ToldCounts): string {
  const entries = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? "nobody" : entries.map(([channel, count]) => `${channel} ${count}×`).join(", ");
}

/** How often each name stands in a list. */
export function countBy(channels: readonly string[]): ToldCounts {
  const counts: Record<string, number> = {};
  for (const channel of channels) counts[channel] = (counts[channel] ?? 0) + 1;
  return counts;
}
