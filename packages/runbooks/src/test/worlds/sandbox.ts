import { many } from "./points.ts";
import type { TimedPoint } from "./points.ts";

// What holds sandboxes.

export const SANDBOX_LOOP: readonly TimedPoint[] = [
  ...many("gauge", 60, { name: "sandbox_active", subject: "agents", value: 24 }),
  ...many("sandbox", 60, {
    event: "acquired",
    pool: "agents",
    owner: "task-loop",
    sandboxId: "sb-9",
    activeCount: 24,
    capacity: 24,
    waitingCount: 7,
    waitMs: 90_000,
  }),
  ...many("sandbox", 60, {
    event: "provisioned",
    pool: "agents",
    owner: "task-loop",
    sandboxId: "sb-9",
    provisionMs: 6_400,
    activeCount: 24,
    capacity: 24,
  }),
  ...many("sandbox", 40, {
    event: "executed",
    outcome: "timeout",
    pool: "agents",
    owner: "task-loop",
    sandboxId: "sb-9",
    execMs: 600_000,
    attempt: 3,
    activeCount: 24,
    capacity: 24,
  }),
  ...many("sandbox", 10, {
    event: "stuck",
    pool: "agents",
    owner: "task-loop",
    sandboxId: "sb-9",
    lifetimeMs: 1_800_000,
    activeCount: 24,
    capacity: 24,
  }),
  ...many("sandbox", 12, {
    event: "refused",
    outcome: "refused",
    pool: "agents",
    owner: "task-2",
    activeCount: 24,
    capacity: 24,
    waitingCount: 7,
    waitMs: 90_000,
  }),
  ...many("sandbox", 5, { event: "orphan", pool: "agents", owner: "task-3", sandboxId: "sb-4", activeCount: 24, capacity: 24 }),
];
