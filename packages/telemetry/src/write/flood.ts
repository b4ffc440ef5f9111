import { countWithin } from "./period.ts";
import { MAX_WEIGHT } from "./sampling.ts";

/**
 * What is always kept is kept with weight 1 up to this many points a second and isolate; beyond it one in ten, then one in a hundred,
 * and so on, so that a total outage costs a few points more, never a multiple, and one invocation's flood fits its 250 points.
 */
export const FLOOD_POINTS_PER_SECOND = 50;

/** Thins a flood of points. */
export interface FloodLimit {
  /**
   * The weight that one more point is kept with; undefined where it is left out. Sums over weights stay unbiased.
   * @param least the weight that it has at least, where its own invocation runs out of points
   */
  next(least?: number): number | undefined;
}

/** The weight of the next point where so many were kept, of which `every` share a weight. */
export function floodWeight(kept: number, every: number): number {
  return Math.min(MAX_WEIGHT, 10 ** Math.floor(kept / every));
}

/**
 * The weight of a point depends only on how many were kept before it in the same second, and it is kept with probability exactly
 * 1/weight: so the sum of weights estimates the number of events without bias.
 * @param nowMs any clock in milliseconds
 * @param random uniform in [0, 1)
 */
export function createFloodLimit(nowMs: () => number, random: () => number, perSecond = FLOOD_POINTS_PER_SECOND): FloodLimit {
  const keptThisSecond = countWithin(1000, nowMs);
  return {
    next(least = 1) {
      const kept = keptThisSecond();
      const weight = Math.max(least, floodWeight(kept.count, perSecond));
      if (weight > 1 && random() * weight >= 1) return undefined;
      kept.count += 1;
      return weight;
    },
  };
}
