import type { Kind, Query, Row } from "@monotask/telemetry";
import type { Section } from "../definition/panel.ts";
import { isQueryPanel } from "../definition/query-panel.ts";
import { KIND_COLUMN, planScans, STEP_COLUMN } from "../plan/plan.ts";
import type { Scan } from "../plan/plan.ts";
import type { StepRange } from "../plan/range.ts";

const DAY_SECONDS = 86_400;
const DAY_MS = DAY_SECONDS * 1_000;

/**
 * What is kept of one day and section: the rows of its scan, with what each column measures. Columns are found again by that, so that a
 * day stays readable when panels come, go or change places.
 */
export interface DailyRows {
  readonly groupBy: Query["groupBy"];
  readonly select: Query["select"];
  readonly rows: readonly Row[];
}

/** The queries whose rows are kept for a day, with histograms in place of percentiles: those of several days add up. */
export function dailyScans(section: Section, dayStartMs: number): Scan[] {
  return scansOf(section, { fromMs: dayStartMs, toMs: dayStartMs + DAY_MS, stepSeconds: DAY_SECONDS });
}

/** The same over many days: what is read from kept rows. */
export function dailyScansOf(section: Section, fromMs: number, toMs: number): Scan[] {
  const range = {
    fromMs: Math.floor(fromMs / DAY_MS) * DAY_MS,
    toMs: Math.ceil(toMs / DAY_MS) * DAY_MS,
    stepSeconds: DAY_SECONDS,
  };
  return scansOf(section, range);
}

function scansOf(section: Section, range: StepRange): Scan[] {
  const panels = section.panels.filter(isQueryPanel);
  return panels.length === 0 ? [] : planScans(panels, range, {}, "histogram");
}

/** Rows that were kept, as rows of a scan of today. A measure that was not kept then is absent: it reads as no events. */
export function rowsOfDays(scan: Scan, days: readonly DailyRows[]): Row[] {
  return days.flatMap((day) => {
    const columns = Object.entries(scan.query.select).flatMap(([name, measure]): (readonly [string, string])[] => {
      const text = JSON.stringify(measure);
      const old = Object.entries(day.select).find(([, candidate]) => JSON.stringify(candidate) === text)?.[0];
      return old === undefined ? [] : [[name, old]];
    });
    return day.rows.map((row) => {
      const kind = String(row[KIND_COLUMN]);
      const groups = Object.entries(scan.query.groupBy ?? {}).flatMap(([name, group]): (readonly [string, string | number])[] => {
        if (group.by !== "field of kind") return [];
        const old = slotOf(day, fieldOf(group.fields, kind), kind);
        return [[name, old === undefined ? "" : (row[old] ?? "")]];
      });
      return Object.fromEntries([
        [STEP_COLUMN, row[STEP_COLUMN] ?? 0],
        [KIND_COLUMN, kind],
        ...groups,
        ...columns.map(([name, old]) => [name, row[old] ?? 0] as const),
      ]);
    });
  });
}

function slotOf(day: DailyRows, field: string | undefined, kind: string): string | undefined {
  if (field === undefined) return undefined;
  return Object.entries(day.groupBy ?? {}).find(
    ([, group]) => group.by === "field of kind" && fieldOf(group.fields, kind) === field,
  )?.[0];
}

function fieldOf(fields: Readonly<Partial<Record<Kind, string>>>, kind: string): string | undefined {
  return Object.entries(fields).find(([name]) => name === kind)?.[1];
}
