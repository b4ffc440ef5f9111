import { createFloodLimit, FLOOD_POINTS_PER_SECOND } from "./flood.ts";
import { countWithin } from "./period.ts";
import { alwaysKept, type EventTraits, type SampleDecision } from "./sampling.ts";

/** How an isolate samples. */
export interface SamplerOptions {
  /** Integer: one of `weight` ordinary events is kept. */
  readonly weight: number;
  /** Ordinary events of each minute that are all kept before sampling begins, so that a small service measures everything. @default 0 */
  readonly fullRatePerMinute?: number;
  /** What is always kept is thinned beyond this many points a second. @default 50 */
  readonly floodPerSecond?: number;
  /** Milliseconds; only used to tell seconds and minutes apart. @default `Date.now` */
  readonly nowMs?: () => number;
  /** Uniform in [0, 1). @default `Math.random` */
  readonly random?: () => number;
}

/** Decides for the events of one isolate, one after another. */
export interface Sampler {
  /** Whether an event is kept, with the weight it stands for; undefined if it is not. */
  decide(traits: EventTraits): SampleDecision | undefined;
}

/** A sampler: errors, slow and critical events are kept up to the flood limit, of the rest one in n beyond the full-rate floor. */
export function createSampler(options: SamplerOptions): Sampler {
  const { weight, fullRatePerMinute = 0, floodPerSecond = FLOOD_POINTS_PER_SECOND } = options;
  const nowMs = options.nowMs ?? Date.now;
  const random = options.random ?? Math.random;
  const flood = createFloodLimit(nowMs, random, floodPerSecond);
  const seenThisMinute = countWithin(60_000, nowMs);

  return {
    decide(traits) {
      const reason = alwaysKept(traits);
      if (reason) {
        const floodWeight = flood.next();
        return floodWeight === undefined ? undefined : { reason, weight: floodWeight };
      }
      const isOnFloor = fullRatePerMinute > 0 && (seenThisMinute().count += 1) <= fullRatePerMinute;
      const ordinary = isOnFloor ? 1 : weight;
      return ordinary === 1 || random() * ordinary < 1 ? { reason: "sampled", weight: ordinary } : undefined;
    },
  };
}
