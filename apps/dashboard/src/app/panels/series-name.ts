import type { PanelSeries } from "@monotask/panels";

/** Names of gauges that come from the platform's own analytics: what is counted, then how. */
const PLATFORM_GAUGE = /^(?:worker|d1|kv|r2|queue)(?:\.\w+)*\.(\w+)$/;

/** What tells a series apart: the values of its group, and its label. */
export function nameOf({ group, label }: Pick<PanelSeries, "group" | "label">): string {
  const named = group.map(wordOf).filter((part) => part !== "");
  return [...named, ...(label === undefined ? [] : [label])].join(" · ") || "all";
}

/** `worker.cpu.p99` is "P99" and `d1.rowsRead` is "rows read": the panel's title says the rest. A mean needs no word. */
function wordOf(part: string): string {
  const last = PLATFORM_GAUGE.exec(part)?.[1];
  if (last === undefined) return part;
  if (last === "mean") return "";
  return /^p\d+$/.test(last) ? last.toUpperCase() : last.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
