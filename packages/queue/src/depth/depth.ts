import { inTime, propertyOf, type Writer } from "@monotask/telemetry";

/** What waits in a queue at one moment. */
export interface QueueDepth {
  readonly queue: string;
  readonly count: number;
  readonly bytes: number;
  /** Age of the oldest message, ms; absent where the source does not say. */
  readonly oldestAgeMs?: number;
  /** Where the figure comes from. */
  readonly source: "binding" | "graphql";
}

/** A queue whose depth could not be read. */
export interface DepthFailure {
  readonly queue: string;
  readonly message: string;
}

export interface DepthReading {
  readonly depths: readonly QueueDepth[];
  readonly failures: readonly DepthFailure[];
}

/** A binding that has not answered by then is left out: a tick must not wait for one queue. */
const PATIENCE_MS = 5_000;

/**
 * Reads depths from producer bindings, which need no API token. A dead letter queue counts as any other.
 * @param bindings producer bindings by queue name
 * @param nowMs real epoch milliseconds: message timestamps are the platform's
 */
export async function readDepths(bindings: Readonly<Record<string, unknown>>, nowMs: number): Promise<DepthReading> {
  const depths: QueueDepth[] = [];
  const failures: DepthFailure[] = [];
  await Promise.all(
    Object.entries(bindings).map(async ([queue, binding]) => {
      try {
        depths.push(depthOf(queue, await inTime("metrics()", PATIENCE_MS, metricsOf(binding)), nowMs));
      } catch (error) {
        failures.push({ queue, message: error instanceof Error ? error.message : "unknown failure" });
      }
    }),
  );
  const byName = (a: { queue: string }, b: { queue: string }): number => (a.queue < b.queue ? -1 : 1);
  return { depths: depths.sort(byName), failures: failures.sort(byName) };
}

/** Names of the gauges that depths are written as, with the queue as their subject. */
export const DEPTH_GAUGES = { count: "queue_depth", bytes: "queue_bytes", oldestAgeMs: "queue_oldest_age_ms" } as const;

/** Writes depths as gauges. */
export function writeDepths(depths: readonly QueueDepth[], writer: Writer): void {
  for (const { queue, count, bytes, oldestAgeMs } of depths) {
    writer.write("gauge", { name: DEPTH_GAUGES.count, subject: queue, value: count });
    writer.write("gauge", { name: DEPTH_GAUGES.bytes, subject: queue, value: bytes });
    if (oldestAgeMs !== undefined) {
      writer.write("gauge", { name: DEPTH_GAUGES.oldestAgeMs, subject: queue, value: oldestAgeMs });
    }
  }
}

/** The queues of the first reading, and those that only the second one has. */
export function withSecondSource(first: DepthReading, second: DepthReading): DepthReading {
  const known = new Set(first.depths.map(({ queue }) => queue));
  const added = second.depths.filter(({ queue }) => !known.has(queue));
  const answered = new Set([...known, ...added.map(({ queue }) => queue)]);
  return {
    depths: [...first.depths, ...added],
    failures: [...first.failures, ...second.failures].filter(({ queue }) => !answered.has(queue)),
  };
}

function metricsOf(binding: unknown): Promise<unknown> {
  const metrics = propertyOf(binding, "metrics");
  if (typeof metrics !== "function") {
    throw new Error("the binding has no metrics(): bind the queue as a producer and use workerd from 2026 on");
  }
  return Promise.resolve(Reflect.apply(metrics, binding, []));
}

function depthOf(queue: string, metrics: unknown, nowMs: number): QueueDepth {
  const count = propertyOf(metrics, "backlogCount");
  const bytes = propertyOf(metrics, "backlogBytes");
  if (typeof count !== "number" || typeof bytes !== "number") throw new Error("metrics() answered without a backlog");
  const oldest = propertyOf(metrics, "oldestMessageTimestamp");
  // Some platforms answer the epoch for "none".
  const hasOldest = oldest instanceof Date && oldest.getTime() > 0;
  return {
    queue,
    count,
    bytes,
    source: "binding",
    ...(hasOldest ? { oldestAgeMs: Math.max(0, nowMs - oldest.getTime()) } : {}),
  };
}
