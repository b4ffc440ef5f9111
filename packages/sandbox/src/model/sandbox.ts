/** Where a sandbox stands. Each of these takes one place of its pool. */
export type SandboxStatus =
  /** Has its place; the platform starts it. */
  | "provisioning"
  /** Started and unused. */
  | "ready"
  | "busy"
  /** Past a limit: destroyed by order. */
  | "stuck"
  /** On its way out. */
  | "destroying";

/** Why a sandbox is stuck or must go. */
export type Cause =
  | "provision-timeout"
  | "exec-timeout"
  /** Busy without a sign of life. */
  | "suspected-infinite-loop"
  | "lifetime"
  | "idle"
  /** The platform runs it, and nobody has taken a place for it. */
  | "orphan"
  | "killed"
  | "provision-failed"
  | "destroy-failed";

/** How a sandbox ended. */
export type ExitReason =
  | "finished"
  | "oom"
  | "sigterm"
  | "crash"
  | "timeout"
  | "destroyed"
  /** The registry believed in it, and the platform did not run it. */
  | "vanished"
  | "never-started"
  | "forgotten"
  | "unknown";

export interface Sandbox {
  readonly id: string;
  readonly pool: string;
  /** Task or job that uses it. */
  readonly owner: string;
  /** Worker that took the place. */
  readonly workerName: string;
  readonly status: SandboxStatus;
  /** Epoch milliseconds, real. */
  readonly acquiredAtMs: number;
  readonly statusSinceMs: number;
  readonly heartbeatAtMs: number;
  readonly cause: Cause | null;
  readonly destroyAttempts: number;
  /** When the next order to destroy it falls due; null while none is needed. */
  readonly nextDestroyAtMs: number | null;
  readonly lastFailure: string | null;
}

/** A sandbox of the past. */
export interface EndedSandbox {
  readonly id: string;
  readonly pool: string;
  readonly owner: string;
  readonly exitReason: ExitReason;
  readonly cause: Cause | null;
  readonly acquiredAtMs: number;
  readonly endedAtMs: number;
}

/** A caller that waits for a place. */
export interface Waiter {
  readonly id: string;
  readonly pool: string;
  readonly owner: string;
  readonly workerName: string;
  /** Place in the line. */
  readonly seq: number;
  readonly askedAtMs: number;
  /** When it gives up. */
  readonly untilMs: number;
  /** When it last asked: one that does not come back is dropped, so that no place goes to the dead. */
  readonly seenAtMs: number;
}
