/** Limits of one pool of sandboxes. Durations are real milliseconds. */
export interface PoolLimits {
  /** Sandboxes that may be active at once, from taking the place to its end. @default 20 */
  readonly capacity: number;
  /** Callers that may wait for a place; further ones are refused at once. @default 1,000 */
  readonly maxWaiting: number;
  /** Time to start. @default 30,000 */
  readonly provisionTimeoutMs: number;
  /** Time of one piece of work. @default 60,000 */
  readonly execTimeoutMs: number;
  /** A busy sandbox that has not been heard of for this long is a suspected infinite loop. @default 60,000 */
  readonly heartbeatTimeoutMs: number;
  /** A ready sandbox that nobody uses for this long is destroyed. @default 60,000 */
  readonly idleTimeoutMs: number;
  /** From taking the place to the end. @default 900,000 */
  readonly maxLifetimeMs: number;
  /** How long one attempt to destroy may take. @default 10,000 */
  readonly destroyTimeoutMs: number;
}

export const DEFAULT_LIMITS: PoolLimits = {
  capacity: 20,
  maxWaiting: 1_000,
  provisionTimeoutMs: 30_000,
  execTimeoutMs: 60_000,
  heartbeatTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
  maxLifetimeMs: 15 * 60_000,
  destroyTimeoutMs: 10_000,
};

/**
 * The limits of a pool with the defaults.
 * @throws RangeError that names a limit which is no positive number
 */
export function limitsOf(given: Partial<PoolLimits>): PoolLimits {
  const limits: PoolLimits = { ...DEFAULT_LIMITS, ...given };
  for (const [name, value] of Object.entries(limits)) {
    const isWhole = name === "capacity" || name === "maxWaiting";
    const isUsable = typeof value === "number" && value > 0 && Number.isFinite(value) && (!isWhole || Number.isInteger(value));
    if (!isUsable) throw new RangeError(`${name} is ${String(value)}; give a${isWhole ? " whole" : ""} number above 0`);
  }
  return limits;
}
