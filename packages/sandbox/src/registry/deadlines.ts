import { DEFAULT_LIMITS, type PoolLimits } from "../model/pool.ts";
import type { Cause, Sandbox, Waiter } from "../model/sandbox.ts";
import type { RegistryState } from "./state.ts";

/** A caller asks again at least this often; one that has not for three times as long is gone. */
export const POLL_MS = 10_000;
const ABANDONED_MS = 3 * POLL_MS;
/** The caller's own time limits come first: the registry acts where the caller is gone. */
const GRACE_MS = 2_000;
const LONGEST_BACKOFF_MS = 10 * 60_000;
/** How long the end of a sandbox is remembered. */
export const REMEMBERED_MS = 3_600_000;

/** A limit that a sandbox runs into. */
export interface Deadline {
  readonly atMs: number;
  readonly cause: Cause;
}

/** The next limit of a sandbox; undefined for one that is on its way out. */
export function deadlineOf(sandbox: Sandbox, limits: PoolLimits): Deadline | undefined {
  const { statusSinceMs, acquiredAtMs, heartbeatAtMs } = sandbox;
  const lifetime: Deadline = { atMs: acquiredAtMs + limits.maxLifetimeMs + GRACE_MS, cause: "lifetime" };
  switch (sandbox.status) {
    case "provisioning":
      return first(lifetime, { atMs: statusSinceMs + limits.provisionTimeoutMs + GRACE_MS, cause: "provision-timeout" });
    case "ready":
      return first(lifetime, { atMs: statusSinceMs + limits.idleTimeoutMs, cause: "idle" });
    case "busy":
      return first(
        lifetime,
        { atMs: heartbeatAtMs + limits.heartbeatTimeoutMs + GRACE_MS, cause: "suspected-infinite-loop" },
        { atMs: statusSinceMs + limits.execTimeoutMs + GRACE_MS, cause: "exec-timeout" },
      );
    case "stuck":
    case "destroying":
      return undefined;
  }
}

/** When a waiter is refused or dropped. */
export function waiterDeadlineMs({ untilMs, seenAtMs }: Waiter): number {
  return Math.min(untilMs, seenAtMs + ABANDONED_MS);
}

/** Wait after an attempt to destroy: the attempt's own time, then doubling. */
export function destroyRetryMs(attempts: number, limits: PoolLimits): number {
  return limits.destroyTimeoutMs + Math.min(1_000 * 2 ** Math.min(attempts, 20), LONGEST_BACKOFF_MS);
}

export function limitsIn(state: Pick<RegistryState, "pools">, pool: string): PoolLimits {
  return state.pools.get(pool) ?? DEFAULT_LIMITS;
}

/** The next moment at which something falls due; null for never. */
export function nextDueMs(state: RegistryState): number | null {
  let due = Infinity;
  for (const sandbox of state.sandboxes.values()) {
    due = Math.min(due, sandbox.nextDestroyAtMs ?? deadlineOf(sandbox, limitsIn(state, sandbox.pool))?.atMs ?? Infinity);
  }
  for (const waiter of state.waiters.values()) due = Math.min(due, waiterDeadlineMs(waiter));
  return due === Infinity ? null : due;
}

function first(...deadlines: [Deadline, ...Deadline[]]): Deadline {
  return deadlines.reduce((earliest, each) => (each.atMs < earliest.atMs ? each : earliest));
}
