import type { PoolLimits } from "../model/pool.ts";
import type { EndedSandbox, Sandbox, Waiter } from "../model/sandbox.ts";

/** Everything the registry knows. */
export interface RegistryState {
  readonly pools: ReadonlyMap<string, PoolLimits>;
  readonly sandboxes: ReadonlyMap<string, Sandbox>;
  /** In the order of the line. */
  readonly waiters: ReadonlyMap<string, Waiter>;
  /** When sandboxes ended lately, so that a late word about one is recognised. */
  readonly ended: ReadonlyMap<string, number>;
  readonly nextSeq: number;
}

export const emptyState: RegistryState = {
  pools: new Map(),
  sandboxes: new Map(),
  waiters: new Map(),
  ended: new Map(),
  nextSeq: 1,
};

/** A state that is being changed, and which of its parts were. */
export interface Draft {
  readonly pools: Map<string, PoolLimits>;
  readonly sandboxes: Map<string, Sandbox>;
  readonly waiters: Map<string, Waiter>;
  readonly ended: Map<string, number>;
  nextSeq: number;
  readonly nowMs: number;
  readonly effects: Effect[];
  readonly changed: Changes;
}

/** Keys of what a step changed; a key that is no longer there was deleted. */
export interface Changes {
  readonly pools: Set<string>;
  readonly sandboxes: Set<string>;
  readonly waiters: Set<string>;
  readonly ended: Set<string>;
}

/** What the shell does after the state is stored. */
export type Effect =
  | { readonly kind: "granted"; readonly id: string; readonly waitMs: number }
  | { readonly kind: "refused"; readonly id: string; readonly refusal: Refusal }
  | { readonly kind: "destroy"; readonly id: string; readonly pool: string; readonly attempt: number }
  | { readonly kind: "stuck"; readonly sandbox: Sandbox }
  /** Destroying it failed again and again: a person has to look. */
  | { readonly kind: "undestroyable"; readonly sandbox: Sandbox }
  | { readonly kind: "ended"; readonly sandbox: Sandbox; readonly ended: EndedSandbox };

/** Why a caller gets no place. */
export interface Refusal {
  readonly code: "at-capacity" | "wait-timeout" | "line-full";
  readonly message: string;
  readonly retryAfterMs: number;
}

export function draftOf(state: RegistryState, nowMs: number): Draft {
  return {
    pools: new Map(state.pools),
    sandboxes: new Map(state.sandboxes),
    waiters: new Map(state.waiters),
    ended: new Map(state.ended),
    nextSeq: state.nextSeq,
    nowMs,
    effects: [],
    changed: { pools: new Set(), sandboxes: new Set(), waiters: new Set(), ended: new Set() },
  };
}

/** Stores a sandbox in the draft. */
export function putSandbox(draft: Draft, sandbox: Sandbox): void {
  draft.sandboxes.set(sandbox.id, sandbox);
  draft.changed.sandboxes.add(sandbox.id);
}

export function removeWaiter(draft: Draft, id: string): void {
  draft.waiters.delete(id);
  draft.changed.waiters.add(id);
}

/** Places of a pool that are taken. */
export function activeCount(state: Pick<RegistryState, "sandboxes">, pool: string): number {
  let count = 0;
  for (const sandbox of state.sandboxes.values()) if (sandbox.pool === pool) count += 1;
  return count;
}

export function waitingCount(state: Pick<RegistryState, "waiters">, pool: string): number {
  let count = 0;
  for (const waiter of state.waiters.values()) if (waiter.pool === pool) count += 1;
  return count;
}
