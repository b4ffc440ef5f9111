import { encodePoint } from "@monotask/telemetry";
import type { Kind, PointFields } from "@monotask/telemetry";

export const NOW: number = Date.UTC(2026, 10, 24, 12);

/** A point as the local Analytics Engine takes it. */
export type TimedPoint = ReturnType<typeof encodePoint> & { readonly timestamp: number };

/** Points of one kind, ten seconds apart, the newest a minute ago. */
export function many<K extends Kind>(kind: K, count: number, fields: PointFields<K>): TimedPoint[] {
  return Array.from({ length: count }, (_, at) => ({
    ...encodePoint(kind, { workerName: "api", environment: "production", team: "platform", version: "v1", ...fields }),
    timestamp: NOW - 60_000 - at * 10_000,
  }));
}

export const OK = { statusCode: "200", outcome: "ok" } as const;
