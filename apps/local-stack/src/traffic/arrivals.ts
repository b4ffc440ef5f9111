import type { DayShape } from "./day-shape.ts";
import type { Random } from "./random.ts";

export interface ArrivalOptions {
  /** Requests a second, on the mean of a day. */
  readonly perSecond: number;
  readonly shape: DayShape;
  /** Highest value that the shape takes. */
  readonly peak: number;
  readonly random: Random;
}

/**
 * Moments at which requests arrive when many people use the API without knowing of each other: a Poisson process whose rate follows the
 * shape, drawn by thinning (Lewis and Shedler, 1979).
 * @param fromMs epoch milliseconds of real time
 * @returns each value is the next arrival, in epoch milliseconds, never ending
 */
export function* arrivals({ perSecond, shape, peak, random }: ArrivalOptions, fromMs: number): Generator<number, never> {
  const mostPerMs = (perSecond * peak) / 1000;
  let atMs = fromMs;
  for (;;) {
    atMs += -Math.log(1 - random()) / mostPerMs;
    if (random() * peak < shape(atMs)) yield atMs;
  }
}
