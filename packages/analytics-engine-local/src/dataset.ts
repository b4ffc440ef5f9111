// Node-free: this module also runs inside a Worker (import path "@monotask/analytics-engine-local/dataset").
import { checkDataPoint, limits, plainDataPoint, type DataPoint, type PlainDataPoint } from "./data-point.ts";

export { checkDataPoint, limits, type DataPoint, type PlainDataPoint, type PointCheck } from "./data-point.ts";

export interface DatasetOptions {
  /** Points one invocation may write before `writeDataPoint` throws; production's 250 by default. */
  readonly pointsPerInvocation?: number;
}

/** Stands for an `AnalyticsEngineDataset` binding in tests that run in this process. */
export interface LocalDataset {
  /**
   * Hands a point to the sink. Synchronous, like production.
   * @throws {TypeError} when the point breaks a limit of Analytics Engine.
   * @throws {Error} when the invocation has written its 250 points.
   */
  writeDataPoint(point?: DataPoint): void;
  /** Starts a new invocation: the count towards 250 begins again. */
  newInvocation(): void;
  /** Waits until every point handed over so far has been taken by the sink; rejects with the first failure of the sink. */
  settled(): Promise<void>;
}

/**
 * A dataset whose `writeDataPoint` throws where production throws, and hands what production would take to `sink`.
 * The runtime's local stand-in checks nothing; this one does.
 * @param sink gets a checked copy of each point, in order
 */
export function createDataset(sink: (point: PlainDataPoint) => void | Promise<void>, options: DatasetOptions = {}): LocalDataset {
  const most = options.pointsPerInvocation ?? limits.pointsPerInvocation;
  let written = 0;
  const pending = new Set<Promise<void>>();
  let failures: unknown[] = [];

  return {
    writeDataPoint(point) {
      // Production counts the call before it looks at the point.
      if (written >= most) throw new Error(`Analytics Engine write limit exceeded: ${most} points per invocation.`);
      written += 1;
      const check = checkDataPoint(point);
      if (!check.ok) throw check.error;
      const taken = sink(plainDataPoint(point));
      if (taken === undefined) return;
      // A Worker's RPC promise is thenable and no Promise of this realm.
      const settled: Promise<void> = Promise.resolve(taken)
        .catch((failure: unknown) => {
          failures.push(failure);
        })
        .finally(() => pending.delete(settled));
      pending.add(settled);
    },
    newInvocation() {
      written = 0;
    },
    async settled() {
      await Promise.all(pending);
      const [first, ...rest] = failures;
      const failed = failures.length > 0;
      failures = [];
      if (failed)
        throw rest.length === 0 && first instanceof Error
          ? first
          : new AggregateError([first, ...rest], "the sink refused points");
    },
  };
}
