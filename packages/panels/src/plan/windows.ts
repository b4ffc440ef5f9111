import type { QueryPanel } from "../definition/panel.ts";
import { doesAddUp } from "./coarser.ts";
import { planScans } from "./plan.ts";
import type { Filters, Scan } from "./plan.ts";
import { stepRange } from "./range.ts";

const HOUR_MS = 3_600_000;

/**
 * Scans of all panels, those with a rolling window of their own over that window, which ends where the chosen range does. Scans in one
 * list differ in time and step alone, and their figures add up: what is still open of them can be read at once.
 */
export function planWindows(
  panels: readonly QueryPanel[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  filters: Filters = {},
): Scan[][] {
  const lengthOf = ({ rangeHours }: QueryPanel): number => (rangeHours === undefined ? toMs - fromMs : rangeHours * HOUR_MS);
  const lengths = [...new Set(panels.map(lengthOf))];
  const planned = lengths.map((lengthMs) => ({
    own: panels.filter((panel) => lengthOf(panel) === lengthMs),
    range: stepRange(toMs - lengthMs, toMs),
  }));
  const alike = planned.flatMap(({ own, range }) => {
    const ids = new Set(own.map(({ id }) => id));
    return planScans(panels, range, filters).map((scan) => ({
      ...scan,
      panels: scan.panels.filter(({ panel }) => ids.has(panel.id)),
    }));
  });
  if (alike.every(({ query }) => doesAddUp(query))) return alike.length === 0 ? [] : [alike];
  return planned.flatMap(({ own, range }) => planScans(own, range, filters)).map((scan) => [scan]);
}
