import { dailyScansOf, readScan, rowsOfDays } from "@monotask/panels";
import type { DailyRows, Section } from "@monotask/panels";
import type { Evaluator } from "../evaluator.ts";
import type { PanelAnswer, SectionAnswer } from "./sections.ts";

export interface DailyRequest {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

const DAY_MS = 86_400_000;

/** A section over a range that raw points no longer cover, from what the evaluator keeps of each day. */
export async function readDailySection(
  section: Section,
  evaluator: Evaluator,
  { fromMs, toMs, nowMs }: DailyRequest,
): Promise<SectionAnswer> {
  const [from, before] = [Math.floor(fromMs / DAY_MS), Math.ceil(toMs / DAY_MS)];
  const { status, body } = await evaluator.get(`/api/v1/aggregates?section=${section.id}&from=${from}&before=${before}`);
  const scans = dailyScansOf(section, fromMs, toMs);
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
    readScan(scan, rowsOfDays(scan, kept), nowMs).map((data): PanelAnswer => ({ ...data, sql })),
  );
  return { sectionId: section.id, panels, queries: 0, source: "daily-aggregates" };
}
