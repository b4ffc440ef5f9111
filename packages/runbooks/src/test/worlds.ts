import { NOISY_RULE } from "./worlds/alerts.ts";
import { N_PLUS_ONE, TABLE_SCAN, WRITE_LOCK } from "./worlds/database.ts";
import { healthy } from "./worlds/healthy.ts";
import type { TimedPoint } from "./worlds/points.ts";
import { QUEUE_FULL, QUEUE_POISON } from "./worlds/queue.ts";
import {
  BROKEN_DEPLOY,
  CPU_KILLED,
  RATE_LIMITED,
  TYPE_ERROR,
  UPSTREAM_DOWN,
  UPSTREAM_LIMITS,
  UPSTREAM_SLOW,
} from "./worlds/requests.ts";
import { SANDBOX_LOOP } from "./worlds/sandbox.ts";

export { NOW } from "./worlds/points.ts";

export type WorldName =
  | "healthy"
  | "broken_deploy"
  | "upstream_down"
  | "rate_limited"
  | "upstream_limits"
  | "type_error"
  | "queue_full"
  | "queue_poison"
  | "table_scan"
  | "n_plus_one"
  | "write_lock"
  | "cpu_killed"
  | "upstream_slow"
  | "sandbox_loop"
  | "noisy_rule";

/** Each world is the healthy hour with one fault switched on. */
export const WORLDS: Readonly<Record<WorldName, readonly TimedPoint[]>> = {
  healthy: healthy(),
  broken_deploy: [...healthy(), ...BROKEN_DEPLOY],
  upstream_down: [...healthy(), ...UPSTREAM_DOWN],
  rate_limited: [...healthy(), ...RATE_LIMITED],
  upstream_limits: [...healthy(), ...UPSTREAM_LIMITS],
  type_error: [...healthy(), ...TYPE_ERROR],
  queue_full: [...healthy(), ...QUEUE_FULL],
  queue_poison: [...healthy(), ...QUEUE_POISON],
  table_scan: [...healthy(), ...TABLE_SCAN],
  n_plus_one: [...healthy(), ...N_PLUS_ONE],
  write_lock: [...healthy(), ...WRITE_LOCK],
  cpu_killed: [...healthy(), ...CPU_KILLED],
  upstream_slow: [...healthy(), ...UPSTREAM_SLOW],
  sandbox_loop: [...healthy(), ...SANDBOX_LOOP],
  noisy_rule: [...healthy(), ...NOISY_RULE],
};
