/** What was counted since the second or minute began. */
export interface Count {
  count: number;
}

/**
 * A count that begins anew with each period.
 * @param nowMs any clock in milliseconds; in production it stands still between I/O, which only makes a period longer
 */
export function countWithin(periodMs: number, nowMs: () => number): () => Count {
  let period = 0;
  const counted = { count: 0 };
  return () => {
    const now = Math.floor(nowMs() / periodMs);
    if (now !== period) counted.count = 0;
    period = now;
    return counted;
  };
}
