import { REMEMBERED_MS } from "./deadlines.ts";
import type { Sighting } from "./event.ts";
import type { RegistryState } from "./state.ts";

/** What a reconciliation changes. */
export interface ReconcilePlan {
  /** Run by the platform, unknown here: ordered to be destroyed. */
  readonly orphans: readonly string[];
  /** Known here, not run by the platform: their places are given back. */
  readonly ghosts: readonly string[];
  /** Believed to be starting, and run by the platform: the word that they started was lost. */
  readonly started: readonly string[];
}

/**
 * Compares what the platform runs with what the registry believes. What changed at or after the moment the list was asked for is left
 * alone: the list does not know of it. A sandbox that is starting is no ghost yet, its own time limit is for that. A list so old that what
 * ended since may be forgotten names no orphans.
 */
export function planOf(state: Pick<RegistryState, "sandboxes" | "ended">, sighting: Sighting, nowMs: number): ReconcilePlan {
  const running = new Set(sighting.running);
  const own = [...state.sandboxes.values()].filter(({ pool, statusSinceMs }) => {
    return pool === sighting.pool && statusSinceMs < sighting.asOfMs;
  });
  const isNews = (id: string): boolean => (state.ended.get(id) ?? -Infinity) >= sighting.asOfMs;
  return {
    orphans: sighting.asOfMs < nowMs - REMEMBERED_MS ? [] : [...running].filter((id) => !state.sandboxes.has(id) && !isNews(id)),
    ghosts: own.filter(({ id, status }) => status !== "provisioning" && !running.has(id)).map(({ id }) => id),
    started: own.filter(({ id, status }) => status === "provisioning" && running.has(id)).map(({ id }) => id),
  };
}
