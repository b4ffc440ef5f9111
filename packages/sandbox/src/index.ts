export {
  createSandboxMonitor,
  type Acquired,
  type SandboxJob,
  type SandboxMonitor,
  type SandboxMonitorOptions,
  type Unavailable,
} from "./monitor/sandbox-monitor.ts";
export type { SandboxDriver } from "./monitor/driver.ts";
export type { ExecOutcome, SandboxLease } from "./monitor/lease.ts";
export { exitOf, type Exit } from "./model/exit.ts";
export { DEFAULT_LIMITS, limitsOf, type PoolLimits } from "./model/pool.ts";
export type { Cause, EndedSandbox, ExitReason, Sandbox, SandboxStatus } from "./model/sandbox.ts";
export { POOL_GAUGES, writePools } from "./gauges.ts";
export type { AskAnswer, KillRequest, PoolReconciliation, PoolStatus, ReportAnswer, SandboxRegistryApi } from "./registry/api.ts";
export { sandboxRegistryOf } from "./registry/client.ts";
export type { Ask, Report, Sighting } from "./registry/event.ts";
export type { ReconcilePlan } from "./registry/reconcile.ts";
export type { Refusal } from "./registry/state.ts";
