import type { HistoryEntry } from "@monotask/alerts";

interface OpenGroup {
  isAcknowledged: boolean;
  readonly alertIds: Set<string>;
  waiting: HistoryEntry[];
}

/**
 * What fired and was not acknowledged while its group was open. An acknowledgement ends with its group: the next outage of the same worker
 * is another one.
 * @param history oldest first
 */
export function untaken(history: readonly HistoryEntry[]): HistoryEntry[] {
  const groups = new Map<string, OpenGroup>();
  const never: HistoryEntry[] = [];
  for (const entry of history) {
    const { groupKey, alertId = "", event } = entry;
    const group = groups.get(groupKey) ?? { isAcknowledged: false, alertIds: new Set(), waiting: [] };
    groups.set(groupKey, group);
    if (event === "fired") {
      group.alertIds.add(alertId);
      if (!group.isAcknowledged) group.waiting.push(entry);
    } else if (event === "acknowledged") {
      group.isAcknowledged = true;
      group.waiting = [];
    } else if (event === "resolved") {
      group.alertIds.delete(alertId);
      if (group.alertIds.size > 0) continue;
      never.push(...group.waiting);
      groups.delete(groupKey);
    }
  }
  return [...never, ...[...groups.values()].flatMap(({ waiting }) => waiting)].sort((a, b) => a.atMs - b.atMs);
}
