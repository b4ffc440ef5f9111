import type { Slice } from "../model/cell.ts";
import { compareProducts } from "../model/ratio.ts";
import type { BudgetingMethod } from "../model/slo.ts";

/**
 * Minutes of events → minutes of verdicts: each measured minute of a slice is good if at least the target share of the slice's events
 * is. A slice without traffic is good. A slice that is still open is judged by what it holds, and judged again when it closes.
 */
export function toTimeslices(minutes: readonly Slice[], method: BudgetingMethod & { readonly kind: "timeslices" }): Slice[] {
  const sums = new Map<number, { good: number; total: number }>();
  const sliceOf = (minute: number): number => Math.floor(minute / method.sliceMinutes);
  for (const { minute, good, total } of minutes) {
    const sum = sums.get(sliceOf(minute)) ?? { good: 0, total: 0 };
    sums.set(sliceOf(minute), { good: sum.good + good, total: sum.total + total });
  }
  return minutes.map(({ sloName, minute }) => {
    const sum = sums.get(sliceOf(minute)) ?? { good: 0, total: 0 };
    const isGood = compareProducts([sum.good, method.target.den], [sum.total, method.target.num]) >= 0;
    return { sloName, minute, total: 1, good: isGood ? 1 : 0, varGood: 0, varTotal: 0 };
  });
}

/** The first minute of the slices that hold `minute`: what is measured again must hold whole slices. */
export function sliceStart(minute: number, methods: readonly BudgetingMethod[]): number {
  const isFive = methods.some((method) => method.kind === "timeslices" && method.sliceMinutes === 5);
  return isFive ? Math.floor(minute / 5) * 5 : minute;
}
