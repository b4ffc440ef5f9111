/** Decides which points of one dataset are kept, and how many points each kept one stands for. */
export interface Sampler {
  /** `_sample_interval` of a point to keep, or 0 for a point to drop. `second` is the point's own, in s since 1970. */
  intervalOf(index: string, second: number): number;
}

/**
 * Equitable sampling: each index value has its own allowance of `sampleAbove` points a second, so that a loud index never
 * pushes out a quiet one. The k-th point of an index in a second is kept with probability exactly 1/n and then counts for n,
 * n = ceil(k / sampleAbove): a whole number, so that Σ `_sample_interval` is unbiased for the number of points written,
 * and the points kept grow only with the logarithm of the flood.
 * @param sampleAbove points per index value and second that are kept unsampled; undefined keeps everything
 * @param random uniform in [0, 1)
 */
export function createSampler(sampleAbove: number | undefined, random: () => number): Sampler {
  if (sampleAbove === undefined) return { intervalOf: () => 1 };
  const seen = new Map<string, number>();
  return {
    intervalOf(index, second) {
      const key = `${second} ${index}`;
      const k = (seen.get(key) ?? 0) + 1;
      seen.set(key, k);
      if (seen.size > rememberedCells) forgetOldest(seen);
      const n = Math.ceil(k / sampleAbove);
      return random() * n < 1 ? n : 0;
    },
  };
}

/** Cells (index × second) remembered; far more than late points of a live run reach back, and about 10 MB. */
const rememberedCells = 100_000;

function forgetOldest(seen: Map<string, number>): void {
  let left = rememberedCells / 10;
  for (const key of seen.keys()) {
    if (left-- <= 0) return;
    seen.delete(key);
  }
}
