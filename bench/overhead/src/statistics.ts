export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Median of the differences of two series that were measured side by side: what slows a whole round down is in both. */
export function medianDifference(values: readonly number[], base: readonly number[]): number {
  return median(values.map((value, at) => value - (base[at] ?? 0)));
}

export function shuffled<T>(values: readonly T[]): T[] {
  const list = [...values];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [list[at], list[other]] = [list[other] as T, list[at] as T];
  }
  return list;
}
