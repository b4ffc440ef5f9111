import { dailyScansOf, isQueryPanel, readScan, rowsOfDays, STEP_COLUMN } from "@monotask/panels";
import type { DailyRows, Panel, Scan, Section } from "@monotask/panels";
import type { Row } from "@monotask/telemetry";
import type { Evaluator } from "../evaluator.ts";
import type { PanelAnswer, SectionAnswer } from "./sections.ts";

export interface DailyRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A section over a range that raw points no longer cover, from what the evaluator keeps of each day. */
export async function readDailySection(
  section: Section,
  evaluator: Evaluator,
  { fromMs, toMs, nowMs }: DailyRequest,
): Promise<SectionAnswer> {
  const [from, before] = [Math.floor(fromMs / DAY_MS), Math.ceil(toMs / DAY_MS)];
  const { status, body } = await evaluator.get(`/api/v1/aggregates?section=${section.id}&from=${from}&before=${before}`);
  const scans = scansOf(section, fromMs, toMs);
  const sql = "";
  if (status !== 200) {
    const error = `the daily aggregates cannot be read (${status === 0 ? "no answer" : status})`;
    const panels = scans.flatMap((scan) =>
      scan.panels.map(({ panel }): PanelAnswer => ({ panelId: panel.id, state: "failed", error, sql })),
    );
    return { sectionId: section.id, panels, queries: 0, source: "daily-aggregates" };
  }
  // The one boundary to the evaluator's answer: both sides share the type of what is kept.
  const { days } = body as { readonly days: readonly { readonly kept: readonly DailyRows[] }[] };
  const kept = days.flatMap((day) => day.kept);
  const panels = scans.flatMap((scan) =>
    readScan(scan, rowsWithin(scan, rowsOfDays(scan, kept)), nowMs).map((data): PanelAnswer => ({ ...data, sql })),
  );
  return { sectionId: section.id, panels, queries: 0, source: "daily-aggregates" };
}

/** Scans of all panels, those with a rolling window of their own over the last days of the range. */
function scansOf(section: Section, fromMs: number, toMs: number): Scan[] {
  const starts = [...new Set(section.panels.map((panel) => windowStartMs(panel, { fromMs, toMs })))];
  return starts.flatMap((startMs) => {
    const own = section.panels.filter((panel) => windowStartMs(panel, { fromMs, toMs }) === startMs);
    return dailyScansOf({ ...section, panels: own }, startMs, toMs);
  });
}

/** From where a panel is read: the range's beginning, or that of its own rolling window, which ends where the range does. */
export function windowStartMs(panel: Panel, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): number {
  const hours = isQueryPanel(panel) ? panel.rangeHours : undefined;
  return hours === undefined ? fromMs : toMs - hours * HOUR_MS;
}

function rowsWithin({ range }: Scan, rows: readonly Row[]): Row[] {
  return rows.filter((row) => {
    const startMs = Number(row[STEP_COLUMN]) * 1_000;
    return startMs >= range.fromMs && startMs < range.toMs;
  });
}
