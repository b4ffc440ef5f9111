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
      return valueIn(of, columns[value.of]);
  }
}

function valueIn(of: Summed, columns: MeasureColumns | undefined): number {
  if (columns?.kind === "mean") return of.amount / of.count;
  return columns?.kind === "estimate" ? quantileOf(of.bins ?? [], columns.edges, columns.q) : of.amount;
}

/** The quantile of a histogram: within its bin by the share of the events that lie below, on a logarithmic scale as the edges are. */
export function quantileOf(bins: readonly number[], edges: readonly number[], q: number): number {
  const wanted = q * bins.reduce((sum, events) => sum + events, 0);
  let below = 0;
  for (const [at, events] of bins.entries()) {
    if (events > 0 && below + events >= wanted) {
      const upper = edges[at] ?? edges.at(-1) ?? 0;
      const lower = edges[at - 1];
      // Below the first edge there is no scale: half of it.
      if (lower === undefined) return upper / 2;
      return lower * (upper / lower) ** ((wanted - below) / events);
    }
    below += events;
  }
  return edges.at(-1) ?? 0;
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
