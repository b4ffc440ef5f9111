import { hash64 } from "@monotask/telemetry";

/**
 * Wait before the next attempt: doubles with each attempt up to the longest, then ± 25 % so that channels that failed together
 * do not come back together. The spread comes from the job's id: the same step always gives the same wait.
 *
 * @param attempts attempts made so far, at least 1
 */
export function backoffMs(jobId: string, attempts: number, limits: { first: number; longest: number }): number {
  const plain = Math.min(limits.first * 2 ** Math.min(attempts - 1, 30), limits.longest);
  const share = Number.parseInt(hash64(`${jobId}#${attempts}`).slice(0, 8), 16) / 0xffffffff;
  return Math.round(plain * (0.75 + share / 2));
}
