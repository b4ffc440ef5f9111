/** A token bucket: how many messages may be redriven, and since when it fills. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export interface RateLimit {
  /** Messages a second in the long run. */
  readonly perSecond: number;
  /** Messages at once. */
  readonly burst: number;
}

/**
 * Takes up to `wanted` tokens.
 * @returns the bucket afterwards, how many were taken, and how long until one more is there (0 where one is)
 */
export function takeTokens(
  bucket: Bucket | undefined,
  wanted: number,
  nowMs: number,
  limit: RateLimit,
): { readonly bucket: Bucket; readonly taken: number; readonly retryAfterMs: number } {
  // A clock that goes back adds nothing and takes nothing.
  const elapsedMs = bucket === undefined ? 0 : Math.max(0, nowMs - bucket.atMs);
  const filled =
    bucket === undefined ? limit.burst : Math.min(limit.burst, bucket.tokens + (elapsedMs / 1_000) * limit.perSecond);
  const taken = Math.max(0, Math.min(wanted, Math.floor(filled)));
  const tokens = filled - taken;
  const retryAfterMs = tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / limit.perSecond) * 1_000);
  return { bucket: { tokens, atMs: Math.max(nowMs, bucket?.atMs ?? nowMs) }, taken, retryAfterMs };
}
