/** One event in a million: beyond it a point stands for more than a day's traffic of most workers. */
export const MAX_WEIGHT = 1_000_000;

/**
 * The integer weight of a sampling rate: n = max(1, round(1/rate)). An event is kept with probability exactly 1/n and then stands
 * for n events, so that sums over weights are unbiased. Non-integer weights would be cut by the query language's toUInt32.
 * @param rate above 0 and up to 1; anything else gives 1, which keeps everything. The highest weight is 1,000,000.
 */
export function weightOfRate(rate: number): number {
  return rate > 0 ? Math.min(MAX_WEIGHT, Math.max(1, Math.round(1 / rate))) : 1;
}

/** Why an event was kept. */
export type KeepReason = "sampled" | "error" | "slow" | "critical";

export interface EventTraits {
  readonly statusCode: number;
  readonly durationMs: number;
  /** Beyond this an event is slow and always kept; undefined where the endpoint has no objective. */
  readonly slowAfterMs?: number | undefined;
  readonly isCritical?: boolean;
  readonly hasThrown?: boolean;
}

export interface SampleDecision {
  readonly reason: KeepReason;
  readonly weight: number;
}

/** Why an event is always kept; undefined where chance decides. */
export function alwaysKept(traits: EventTraits): Exclude<KeepReason, "sampled"> | undefined {
  if (traits.hasThrown || traits.statusCode >= 400) return "error";
  if (traits.isCritical) return "critical";
  return traits.slowAfterMs !== undefined && traits.durationMs >= traits.slowAfterMs ? "slow" : undefined;
}

/**
 * Whether an event is kept, with the weight it stands for; undefined if it is not. Errors (status ≥ 400), slow and critical events
 * are always kept with weight 1.
 * @param random uniform in [0, 1)
 */
export function decideSample(traits: EventTraits, weight: number, random: () => number): SampleDecision | undefined {
  const reason = alwaysKept(traits);
  if (reason) return { reason, weight: 1 };
  return random() * weight < 1 ? { reason: "sampled", weight } : undefined;
}
