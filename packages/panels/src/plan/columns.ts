import type { Condition, Measure, MeasureScope } from "@monotask/telemetry";
import type { AnyField } from "../definition/field.ts";
import type { PanelMeasure, QueryPanel } from "../definition/panel.ts";

/** Columns of a scan by what they measure: the same measure of two panels is read once. */
export interface Columns {
  readonly select: Readonly<Record<string, Measure<AnyField>>>;
  nameOf(measure: Measure<AnyField>): string;
}

export function createColumns(): Columns {
  const names = new Map<string, string>();
  const select: Record<string, Measure<AnyField>> = {};
  return {
    select,
    nameOf(measure) {
      const key = JSON.stringify(measure);
      const known = names.get(key);
      if (known !== undefined) return known;
      const name = `m${names.size}`;
      names.set(key, name);
      select[name] = measure;
      return name;
    },
  };
}

/**
 * Where a measure's parts stand in a row of the scan. Sums and counts of rows add up; a mean is kept as sum and count; a quantile stands
 * for its row alone.
 */
export type MeasureColumns =
  | { readonly kind: "count"; readonly column: string; readonly variance: string }
  | { readonly kind: "sum" | "max"; readonly column: string; readonly count: string }
  | { readonly kind: "mean"; readonly sum: string; readonly count: string }
  | { readonly kind: "quantile"; readonly column: string; readonly count: string }
  /** A quantile out of the bins of a histogram, which add up over rows and days. */
  | { readonly kind: "estimate"; readonly q: number; readonly edges: readonly number[]; readonly bins: readonly string[] }
  | { readonly kind: "histogram"; readonly edges: readonly number[]; readonly bins: readonly string[] };

/** How percentiles are read: exactly, or as a histogram that can be kept and added up. */
export type Percentiles = "exact" | "histogram";

/** Steps of a quarter from 1 ms to 2 min: an estimate between two edges is at most 12 % off. */
export const ESTIMATE_EDGES: readonly number[] = Array.from({ length: 53 }, (_, at) => Number((1.25 ** at).toPrecision(3)));

/** The columns that one measure of a panel needs. */
export function columnsOf(
  panel: QueryPanel,
  measure: PanelMeasure,
  columns: Columns,
  percentiles: Percentiles = "exact",
): MeasureColumns {
  const { kind, where } = panel.query;
  const scope = (more?: Condition<AnyField>): MeasureScope<AnyField> => {
    const conditions = [where, measure.where, more].filter((condition) => condition !== undefined);
    const [only] = conditions;
    if (only === undefined) return { kind };
    return { kind, where: conditions.length === 1 ? only : { op: "and", conditions } };
  };
  const count = (): string => columns.nameOf({ measure: "count", ...scope() });
  switch (measure.measure) {
    case "count":
      return { kind: "count", column: count(), variance: columns.nameOf({ measure: "variance", ...scope() }) };
    case "sum":
    case "max":
      return {
        kind: measure.measure,
        column: columns.nameOf({ measure: measure.measure, field: measure.field, ...scope() }),
        count: count(),
      };
    case "mean":
      return { kind: "mean", sum: columns.nameOf({ measure: "sum", field: measure.field, ...scope() }), count: count() };
    case "quantile":
      if (percentiles === "histogram") {
        const bins = binsOf(measure.field, ESTIMATE_EDGES).map((bin) => columns.nameOf({ measure: "count", ...scope(bin) }));
        return { kind: "estimate", q: measure.q, edges: ESTIMATE_EDGES, bins };
      }
      return {
        kind: "quantile",
        column: columns.nameOf({ measure: "quantile", field: measure.field, q: measure.q, ...scope() }),
        count: count(),
      };
    case "histogram": {
      const bins = binsOf(measure.field, measure.edges).map((bin) => columns.nameOf({ measure: "count", ...scope(bin) }));
      return { kind: "histogram", edges: measure.edges, bins };
    }
  }
}

/** Below the first edge, from each edge to the next, from the last edge on. */
function binsOf(field: AnyField, edges: readonly number[]): Condition<AnyField>[] {
  const from = (value: number): Condition<AnyField> => ({ op: ">=", field, value });
  const below = (value: number): Condition<AnyField> => ({ op: "<", field, value });
  return [...edges, undefined].map((edge, at) => {
    const lower = edges[at - 1];
    const conditions = [...(lower === undefined ? [] : [from(lower)]), ...(edge === undefined ? [] : [below(edge)])];
    const [only] = conditions;
    return conditions.length === 1 && only !== undefined ? only : { op: "and", conditions };
  });
}
