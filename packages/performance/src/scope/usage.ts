import type { PointFields } from "@monotask/telemetry";
import { CallMeter } from "../call-meter.ts";

/** What one invocation took of its bindings and of other services, which count into it. */
export class Usage {
  dbRowsRead = 0;
  dbRowsWritten = 0;
  kvReads = 0;
  kvHits = 0;
  kvWrites = 0;
  r2ClassA = 0;
  r2ClassB = 0;
  queueSends = 0;
  readonly #nowMs: () => number;
  #database: CallMeter | undefined = undefined;
  #external: CallMeter | undefined = undefined;

  /** @param nowMs a real, monotonic clock in milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get database(): CallMeter {
    return (this.#database ??= new CallMeter(this.#nowMs));
  }

  get external(): CallMeter {
    return (this.#external ??= new CallMeter(this.#nowMs));
  }

  /** As fields of the invocation's point. */
  fields(): PointFields<"request"> & PointFields<"job"> {
    const [database, external] = [this.#database, this.#external];
    return {
      dbQueryTimeMs: database?.unionMs() ?? 0,
      dbQueryTimeSumMs: database?.sumMs() ?? 0,
      dbQueryCount: database?.count ?? 0,
      dbErrorCount: database?.failedCount ?? 0,
      dbSlowCount: database?.slowCount ?? 0,
      dbVerySlowCount: database?.verySlowCount ?? 0,
      dbRowsRead: this.dbRowsRead,
      dbRowsWritten: this.dbRowsWritten,
      externalApiTimeMs: external?.unionMs() ?? 0,
      externalApiTimeSumMs: external?.sumMs() ?? 0,
      externalCallCount: external?.count ?? 0,
      kvReads: this.kvReads,
      kvHits: this.kvHits,
      kvWrites: this.kvWrites,
      r2ClassA: this.r2ClassA,
      r2ClassB: this.r2ClassB,
      queueSends: this.queueSends,
    };
  }
}
