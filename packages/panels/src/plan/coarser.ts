import type { Measure, Query, Row } from "@monotask/telemetry";
import { STEP_COLUMN } from "./plan.ts";

/** Whether rows of fine steps say all that rows of coarser ones would: a quantile or a mean of parts is none of the whole. */
export function doesAddUp({ select }: Query): boolean {
  return Object.values(select).every(({ measure }) => measure !== "quantile" && measure !== "mean");
}

/**
 * Rows of a scan whose figures add up, in coarser steps: what the scan itself would answer in them.
 * @param stepSeconds a multiple of the steps that the rows are in
 */
export function coarserRows({ select, groupBy = {} }: Query, rows: readonly Row[], stepSeconds: number): Row[] {
  const groups = Object.keys(groupBy).filter((column) => column !== STEP_COLUMN);
  const whole = new Map<string, Record<string, string | number>>();
  for (const row of rows) {
    const step = Math.floor(Number(row[STEP_COLUMN]) / stepSeconds) * stepSeconds;
    const key = JSON.stringify([step, ...groups.map((column) => row[column])]);
    const sum = whole.get(key);
    if (sum === undefined) whole.set(key, { ...row, [STEP_COLUMN]: step });
    else for (const [column, measure] of Object.entries(select)) sum[column] = together(measure, sum[column], row[column]);
  }
  return [...whole.values()];
}

function together({ measure }: Measure, a: string | number | undefined, b: string | number | undefined): number {
  const [one, other] = [Number(a ?? 0), Number(b ?? 0)];
  switch (measure) {
    // Narrowed to nothing it is 0 in the whole and in every part.
    case "max":
    case "last":
      return Math.max(one, other);
    case "min":
    case "first":
      return Math.min(one, other);
    default:
      return one + other;
  }
}
