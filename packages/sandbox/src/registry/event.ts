import type { PoolLimits } from "../model/pool.ts";
import type { ExitReason } from "../model/sandbox.ts";

/** Asks for a place; the same id again says that the caller still waits. */
export interface Ask {
  readonly id: string;
  readonly pool: string;
  readonly owner: string;
  readonly workerName: string;
  readonly limits: PoolLimits;
  /** How long the caller waits at most, from its first ask; 0 for not at all. */
  readonly waitMs: number;
}

/** What a caller reports of its sandbox. Of one that has ended a report changes nothing. */
export type Report =
  | { readonly kind: "provisioned"; readonly id: string }
  | { readonly kind: "provision-failed"; readonly id: string; readonly message: string }
  | { readonly kind: "exec-started"; readonly id: string }
  | { readonly kind: "heartbeat"; readonly id: string }
  | { readonly kind: "exec-ended"; readonly id: string }
  | { readonly kind: "destroyed"; readonly id: string; readonly exitReason: ExitReason }
  | { readonly kind: "destroy-failed"; readonly id: string; readonly message: string };

/** What the platform runs of a pool. */
export interface Sighting {
  readonly pool: string;
  readonly running: readonly string[];
  /** Real epoch milliseconds before the list was asked for. */
  readonly asOfMs: number;
  /** The pool's limits as its app knows them: a pool that nobody has asked a place of is then known, with its capacity. */
  readonly limits?: PoolLimits;
}

export type RegistryEvent =
  | { readonly kind: "ask"; readonly ask: Ask }
  | { readonly kind: "leave"; readonly id: string }
  | { readonly kind: "report"; readonly report: Report }
  | { readonly kind: "reconcile"; readonly sighting: Sighting }
  | { readonly kind: "kill"; readonly ids: readonly string[] }
  /** Gives the place back without the sandbox's end: only for what the platform certainly does not run. */
  | { readonly kind: "forget"; readonly ids: readonly string[] }
  | { readonly kind: "tick" };
