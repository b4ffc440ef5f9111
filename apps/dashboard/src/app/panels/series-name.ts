import type { PanelSeries } from "@monotask/panels";

/** Names of gauges that come from the platform's own analytics: what is counted, then how. */
const PLATFORM_GAUGE = /^(?:worker|d1|kv|r2|queue)(?:\.\w+)*\.(\w+)$/;

/** What tells a series apart: the values of its group, and its label. */
export function nameOf({ group, label }: Pick<PanelSeries, "group" | "label">): string {
  const named = group.map(wordOf).filter((part) => part !== "");
  const name = [...named, ...(label === undefined ? [] : [label])].join(" · ");
  if (name !== "") return name;
  // Where there is nothing to group by it is all; a group without a name is one among others.
  return group.length > 0 && group.every((part) => part === "") ? "not named" : "all";
}

/** `worker.cpu.p99` is "P99" and `d1.rowsRead` is "rows read": the panel's title says the rest. A mean needs no word. */
function wordOf(part: string): string {
  const last = PLATFORM_GAUGE.exec(part)?.[1];
  if (last === undefined) return part;
  if (last === "mean") return "";
  return /^p\d+$/.test(last) ? last.toUpperCase() : last.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
