/** The value at rank ⌈q·n⌉ of a sorted list; 0 for an empty one. */
export function percentile(ranked: readonly number[], q: number): number {
  return ranked[Math.max(0, Math.ceil(q * ranked.length) - 1)] ?? 0;
}

/** The same list, ascending. Messages mostly end in the order of their times, and are then not sorted again. */
export function sorted(list: number[]): readonly number[] {
  let last = -Infinity;
  for (const value of list) {
    if (value < last) return list.sort((a, b) => a - b);
    last = value;
  }
  return list;
}
