import type { Condition, Kind, Query } from "@monotask/telemetry";
import type { QueryPanel } from "../definition/panel.ts";
import { columnsOf, createColumns } from "./columns.ts";
import type { MeasureColumns, Percentiles } from "./columns.ts";
import type { StepRange } from "./range.ts";

/** What viewers narrow a section to; every kind of point has these fields. */
export interface Filters {
  readonly workerName?: string;
  readonly environment?: string;
  readonly version?: string;
  readonly endpoint?: string;
}

/** A panel's place in a scan. */
export interface PlannedPanel {
  readonly panel: QueryPanel;
  /** Columns of each group field, in the panel's order. */
  readonly groupColumns: readonly string[];
  readonly measures: Readonly<Record<string, MeasureColumns>>;
}

/** One query that serves several panels: the rows of all their kinds, by step, kind and group fields. */
export interface Scan {
  readonly query: Query;
  readonly range: StepRange;
  readonly panels: readonly PlannedPanel[];
}

/** Columns that every scan has beside groups and measures. */
export const STEP_COLUMN = "step";
export const KIND_COLUMN = "pointKind";

interface Draft {
  readonly keys: Map<Kind, string[]>;
  /** Kinds with quantiles: their groups may not grow, since quantiles of parts do not add up. */
  readonly exact: Set<Kind>;
  readonly panels: QueryPanel[];
}

/**
 * Merges the queries of panels into as few scans as their quantiles allow: panels of different kinds share one, and so do panels of one
 * kind whose figures add up.
 */
export function planScans(
  panels: readonly QueryPanel[],
  range: StepRange,
  filters: Filters = {},
  percentiles: Percentiles = "exact",
): Scan[] {
  const drafts: Draft[] = [];
  const isExact = (panel: QueryPanel): boolean => percentiles === "exact" && hasQuantile(panel);
  for (const panel of [...panels].sort((a, b) => Number(isExact(b)) - Number(isExact(a)))) {
    const draft = drafts.find((candidate) => takes(candidate, panel, isExact(panel))) ?? started(drafts);
    const { kind, groupBy } = panel.query;
    draft.keys.set(kind, [...new Set([...(draft.keys.get(kind) ?? []), ...groupBy])]);
    if (isExact(panel)) draft.exact.add(kind);
    draft.panels.push(panel);
  }
  return drafts.map((draft) => finish(draft, range, filters, percentiles));
}

function hasQuantile(panel: QueryPanel): boolean {
  return Object.values(panel.query.measures).some(({ measure }) => measure === "quantile");
}

function started(drafts: Draft[]): Draft {
  const draft: Draft = { keys: new Map(), exact: new Set(), panels: [] };
  drafts.push(draft);
  return draft;
}

function takes(draft: Draft, panel: QueryPanel, isExact: boolean): boolean {
  const { kind, groupBy } = panel.query;
  const keys = draft.keys.get(kind);
  if (keys === undefined) return true;
  const isWithin = groupBy.every((field) => keys.includes(field));
  if (isExact) return isWithin && keys.length === groupBy.length;
  return isWithin || !draft.exact.has(kind);
}

function finish(draft: Draft, range: StepRange, filters: Filters, percentiles: Percentiles): Scan {
  const kinds = [...draft.keys.keys()];
  const slots = Math.max(0, ...[...draft.keys.values()].map((keys) => keys.length));
  const groups = Array.from({ length: slots }, (_, at) => {
    const fields = [...draft.keys].flatMap(([kind, keys]) => {
      const field = keys[at];
      return field === undefined ? [] : [[kind, field] as const];
    });
    return [slotName(at), { by: "field of kind", fields: Object.fromEntries(fields) }] as const;
  });
  const columns = createColumns();
  const planned = draft.panels.map((panel): PlannedPanel => {
    const keys = draft.keys.get(panel.query.kind) ?? [];
    const measures = Object.entries(panel.query.measures).map(
      ([name, measure]) => [name, columnsOf(panel, measure, columns, percentiles)] as const,
    );
    return {
      panel,
      groupColumns: panel.query.groupBy.map((field) => slotName(keys.indexOf(field))),
      measures: Object.fromEntries(measures),
    };
  });
  const where = Object.entries(filters).flatMap(([field, value]): Condition<keyof Filters>[] =>
    isFilter(field) && typeof value === "string" && value !== "" ? [{ op: "=", field, value }] : [],
  );
  const query: Query = {
    kinds,
    fromMs: range.fromMs,
    toMs: range.toMs,
    ...(where.length > 0 && { where }),
    groupBy: {
      [STEP_COLUMN]: { by: "time", seconds: range.stepSeconds },
      [KIND_COLUMN]: { by: "field", field: "kind" },
      ...Object.fromEntries(groups),
    },
    select: columns.select,
  };
  return { query, range, panels: planned };
}

function isFilter(field: string): field is keyof Filters {
  return ["workerName", "environment", "version", "endpoint"].includes(field);
}

function slotName(at: number): string {
  return `k${at}`;
}
