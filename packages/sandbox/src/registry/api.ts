import type { Cause, EndedSandbox, Sandbox } from "../model/sandbox.ts";
import type { Ask, Report, Sighting } from "./event.ts";
import type { ReconcilePlan } from "./reconcile.ts";
import type { Refusal } from "./state.ts";

export type AskAnswer =
  | {
      readonly kind: "granted";
      readonly waitMs: number;
      readonly orders: readonly string[];
      /** Places of the pool that are taken, this one included, and callers that wait. */
      readonly active: number;
      readonly waiting: number;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** Ask again at once with the same id: the place in the line is kept. */
  | { readonly kind: "waiting" };

export interface ReportAnswer {
  /** False once the sandbox has no place any more, or must go: its caller should stop. */
  readonly isAlive: boolean;
  readonly cause: Cause | null;
  /** Sandboxes of the pool that somebody has to destroy now; this caller is asked to. */
  readonly orders: readonly string[];
}

/** How a pool stands. */
export interface PoolStatus {
  readonly pool: string;
  readonly capacity: number;
  readonly active: number;
  readonly stuck: number;
  readonly waiting: number;
  readonly oldestWaitMs: number;
}

/** Which sandboxes a person wants to end. */
export interface KillRequest {
  readonly ids?: readonly string[];
  /** All that are stuck. */
  readonly stuck?: boolean;
  readonly pool?: string;
  /** Gives the places back without waiting for the platform: only for what it certainly does not run. */
  readonly force?: boolean;
  /** Only says which it would be. */
  readonly dryRun?: boolean;
}

/** A pool compared with what the platform was last seen to run. */
export interface PoolReconciliation extends ReconcilePlan {
  readonly pool: string;
  /** Real epoch milliseconds of the sighting. */
  readonly asOfMs: number;
}

/** What the registry answers to, over RPC. */
export interface SandboxRegistryApi {
  ask(ask: Ask): Promise<AskAnswer>;
  /** A caller that waits gives up. */
  leave(id: string): Promise<void>;
  report(report: Report): Promise<ReportAnswer>;
  /** Sandboxes of a pool that must be destroyed now; each order is given to one caller. */
  takeOrders(pool: string): Promise<readonly string[]>;
  list(pool?: string): Promise<readonly Sandbox[]>;
  /** Newest end first. */
  history(limit?: number): Promise<readonly EndedSandbox[]>;
  status(): Promise<readonly PoolStatus[]>;
  reconcile(sighting: Sighting, options?: { readonly dryRun?: boolean }): Promise<ReconcilePlan>;
  /** Compares every pool, or one, with its last sighting again; a person's way, since only the app can look at its platform. */
  reconcileAgain(options?: { readonly pool?: string; readonly dryRun?: boolean }): Promise<readonly PoolReconciliation[]>;
  kill(request: KillRequest): Promise<{ readonly ids: readonly string[] }>;
  /** What a tick does, in case an alarm was lost. */
  wake(): Promise<readonly PoolStatus[]>;
}
