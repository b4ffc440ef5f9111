/** Limits of one Analytics Engine data point and invocation. Source: Cloudflare docs, analytics-engine/limits (2026-01-05). */
export const limits = {
  indexBytes: 96,
  blobs: 20,
  /** All blobs of a point together, UTF-8. */
  blobBytes: 16_384,
  doubles: 20,
  pointsPerInvocation: 250,
  /** Days that a point can be read back. */
  retentionDays: 93,
} as const;
