import type { Row } from "@monotask/telemetry";
import type { MeasureColumns } from "../plan/columns.ts";

/** A measure of some rows together. `count` is how many events it stands on: 0 means that it says nothing. */
export interface Summed {
  readonly amount: number;
  readonly count: number;
  /** Σw(w−1) of a count. */
  readonly variance: number;
  /** Counts by bin, where the measure is a histogram. */
  readonly bins?: readonly number[];
}

export const NOTHING: Summed = { amount: 0, count: 0, variance: 0 };

/** The measure of a single row. */
export function summedOf(row: Row, columns: Exclude<MeasureColumns, { kind: "histogram" }>): Summed {
  switch (columns.kind) {
    case "count":
      return {
        amount: numberIn(row, columns.column),
        count: numberIn(row, columns.column),
        variance: numberIn(row, columns.variance),
      };
    case "estimate": {
      const bins = columns.bins.map((bin) => numberIn(row, bin));
      const count = bins.reduce((sum, events) => sum + events, 0);
      return { amount: count, count, variance: 0, bins };
    }
    case "mean":
      return { amount: numberIn(row, columns.sum), count: numberIn(row, columns.count), variance: 0 };
    case "sum":
    case "max":
    case "quantile":
      return { amount: numberIn(row, columns.column), count: numberIn(row, columns.count), variance: 0 };
  }
}

/** Two rows' measures as one. Quantiles never meet here: their scan has one row for each group and step. */
export function plus(a: Summed, b: Summed, kind: MeasureColumns["kind"]): Summed {
  const isExtreme = kind === "max" || kind === "quantile";
  const amount = isExtreme ? Math.max(a.count > 0 ? a.amount : b.amount, b.count > 0 ? b.amount : a.amount) : a.amount + b.amount;
  const bins = b.bins?.map((events, at) => events + (a.bins?.[at] ?? 0));
  return { amount, count: a.count + b.count, variance: a.variance + b.variance, ...(bins !== undefined && { bins }) };
}

export function numberIn(row: Row, column: string): number {
  const value = row[column];
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
