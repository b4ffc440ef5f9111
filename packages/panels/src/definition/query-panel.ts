import type { Panel, QueryPanel } from "./panel.ts";

/** True for a panel that reads data points; the others show an SLO. */
export function isQueryPanel(panel: Panel): panel is QueryPanel {
  return panel.kind !== "slo";
}
