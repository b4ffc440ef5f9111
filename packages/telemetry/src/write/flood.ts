import { MAX_WEIGHT } from "./sampling.ts";

/**
 * What is always kept is kept with weight 1 up to this many points a second and isolate; beyond it one in ten, then one in a hundred,
 * and so on, so that a total outage costs a few points more, never a multiple, and one invocation's flood fits its 250 points.
 */
export const FLOOD_POINTS_PER_SECOND = 50;

const STEP = 10;

/** Thins a flood of points. */
export interface FloodLimit {
  /** The weight that one more point is kept with; undefined where it is left out. Sums over weights stay unbiased. */
  next(): number | undefined;
}

/**
 * The weight of a point depends only on how many were kept before it in the same second, and it is kept with probability exactly
 * 1/weight: so the sum of weights estimates the number of events without bias.
 * @param nowMs any clock in milliseconds; in production it stands still between I/O, which only makes a second longer
 * @param random uniform in [0, 1)
 */
export function createFloodLimit(nowMs: () => number, random: () => number, perSecond = FLOOD_POINTS_PER_SECOND): FloodLimit {
  let second = 0;
  let kept = 0;
  return {
    next() {
      const now = Math.floor(nowMs() / 1000);
      if (now !== second) {
        second = now;
        kept = 0;
      }
      const weight = Math.min(MAX_WEIGHT, STEP ** Math.floor(kept / perSecond));
      if (weight > 1 && random() * weight >= 1) return undefined;
      kept += 1;
      return weight;
    },
  };
}
