import type { Writer } from "@monotask/telemetry";
import type { PoolStatus } from "./registry/api.ts";

/** Names of the gauges that pools are written as, with the pool as their subject. */
export const POOL_GAUGES: Readonly<Record<Exclude<keyof PoolStatus, "pool">, string>> = {
  active: "sandbox_active",
  capacity: "sandbox_capacity",
  stuck: "sandbox_stuck",
  waiting: "sandbox_waiting",
  oldestWaitMs: "sandbox_oldest_wait_ms",
};

/** Writes how pools stand as gauges. */
export function writePools(pools: readonly PoolStatus[], writer: Writer): void {
  for (const { pool: subject, active, capacity, stuck, waiting, oldestWaitMs } of pools) {
    writer.write("gauge", { name: POOL_GAUGES.active, subject, value: active });
    writer.write("gauge", { name: POOL_GAUGES.capacity, subject, value: capacity });
    writer.write("gauge", { name: POOL_GAUGES.stuck, subject, value: stuck });
    writer.write("gauge", { name: POOL_GAUGES.waiting, subject, value: waiting });
    writer.write("gauge", { name: POOL_GAUGES.oldestWaitMs, subject, value: oldestWaitMs });
  }
}
