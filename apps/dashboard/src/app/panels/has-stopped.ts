import type { PanelData } from "@monotask/panels";

/** Steps without a point after which data is said to have stopped. */
const MOST_SILENT_STEPS = 3;

/** Whether points ended well before the range did, or before now where it reaches on. That a range of last week ends last week is no news. */
export function hasStopped(
  { newestStep, steps, stepSeconds }: Pick<PanelData, "newestStep" | "steps" | "stepSeconds">,
  nowMs: number,
): boolean {
  if (newestStep === undefined) return false;
  const endSeconds = (steps.at(-1) ?? newestStep) + stepSeconds;
  return Math.min(nowMs / 1_000, endSeconds) - newestStep > MOST_SILENT_STEPS * stepSeconds;
}
