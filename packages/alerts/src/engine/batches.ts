import type { Draft } from "./draft.ts";

/** Batch ids remembered; a caller retries within seconds, and even 500 batches a second stay known for twenty. */
const REMEMBERED_BATCHES = 10_000;

/** True the first time an id is seen; remembers it. */
export function isNewBatch(draft: Draft, id: string): boolean {
  if (draft.batches.get(id) !== undefined) return false;
  draft.batches.set(id, draft.nowMs);
  for (const oldest of draft.batches.keys()) {
    if (draft.batches.size() <= REMEMBERED_BATCHES) break;
    draft.batches.delete(oldest);
  }
  return true;
}
