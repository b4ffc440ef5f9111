import type { PanelData, QueryPanel } from "@monotask/panels";

/** What the body of a panel is drawn from. */
export interface BodyProps {
  readonly panel: QueryPanel;
  readonly data: PanelData;
  /** The same panel over the period before, while both are compared. */
  readonly before: PanelData | undefined;
}
