import { measuresOf } from "../definition/check.ts";
import type { PanelValue } from "../definition/panel.ts";
import type { MeasureColumns } from "../plan/columns.ts";
import { NOTHING } from "./sums.ts";
import type { Summed } from "./sums.ts";

/** Length of time that the sums stand for, in seconds. */
export interface Span {
  readonly seconds: number;
}

/** A panel's value from its measures; null where the figure does not exist, such as the mean of nothing. */
export function valueOf(
  value: PanelValue,
  sums: ReadonlyMap<string, Summed>,
  columns: Readonly<Record<string, MeasureColumns>>,
  { seconds }: Span,
): number | null {
  const of = sums.get(value.of) ?? NOTHING;
  switch (value.op) {
    case "total":
      return of.amount;
    case "rate":
      return (of.amount / seconds) * (value.per === "minute" ? 60 : 1);
    case "concurrency":
      return of.amount / (seconds * 1_000);
    case "share": {
      const whole = value.by.reduce((total, name) => total + (sums.get(name)?.amount ?? 0), 0);
      if (whole <= 0) return null;
      return value.isComplement ? 1 - of.amount / whole : of.amount / whole;
    }
    case "value":
      if (of.count <= 0) return null;
      return columns[value.of]?.kind === "mean" ? of.amount / of.count : of.amount;
  }
}

/** Whether zero rows mean zero: nothing happened while others were measured. A mean of nothing is no zero. */
export function isZeroWithoutRows(value: PanelValue): boolean {
  return value.op === "total" || value.op === "rate" || value.op === "concurrency";
}

/** Half the width of the 95 % interval of a count, as a share of it; 0 where nothing was sampled. */
export function relativeError(value: PanelValue, sums: ReadonlyMap<string, Summed>): number {
  const [name] = measuresOf(value);
  const of = name === undefined ? NOTHING : (sums.get(name) ?? NOTHING);
  if (value.op !== "total" && value.op !== "rate") return 0;
  return of.amount > 0 ? (1.96 * Math.sqrt(of.variance)) / of.amount : 0;
}
