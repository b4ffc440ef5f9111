/** The value at rank ⌈q·n⌉ of a sorted list; 0 for an empty one. */
export function percentile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
}
