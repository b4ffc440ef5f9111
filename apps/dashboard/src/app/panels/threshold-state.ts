import type { PanelUnit, Threshold } from "@monotask/panels";
import { figureText } from "../figures.ts";

export type ThresholdState = "ok" | "warning" | "critical";

/** The worst threshold that a figure has crossed. */
export function stateOf(figure: number | null, thresholds: readonly Threshold[]): ThresholdState {
  const crossed = crossedBy(figure, thresholds);
  if (crossed === undefined) return "ok";
  return crossed.state;
}

/** `above 99.9 % SLO`, `below 1 %` while all is well; the line that was crossed when it is not. */
export function stateText(figure: number | null, thresholds: readonly Threshold[], unit: PanelUnit): string {
  const crossed = crossedBy(figure, thresholds);
  const line = crossed ?? thresholds[0];
  if (line === undefined) return "";
  const isOver = (crossed !== undefined) === (line.side !== "below");
  return `${isOver ? "above" : "below"} ${line.label ?? figureText(line.at, unit)}`;
}

function crossedBy(figure: number | null, thresholds: readonly Threshold[]): Threshold | undefined {
  if (figure === null) return undefined;
  const crossed = thresholds.filter(({ at, side }) => (side === "below" ? figure < at : figure > at));
  return crossed.find(({ state }) => state === "critical") ?? crossed[0];
}
