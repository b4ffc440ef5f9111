import type { BodyKind } from "./body.ts";
import type { DeathReason, LetterState, LetterView } from "./letter.ts";

/** A row of `dead_letters`, written by this module alone. */
export interface LetterRow {
  readonly queue: string;
  readonly id: string;
  readonly state: LetterState;
  readonly sent_at_ms: number;
  readonly dead_at_ms: number;
  readonly attempts: number;
  readonly reason: DeathReason;
  readonly error_name: string;
  readonly error_message: string;
  readonly fingerprint: string;
  readonly preview: string;
  readonly body_kind: BodyKind;
  readonly body_bytes: number;
  readonly body: string | null;
  readonly body_key: string | null;
  readonly redrives: number;
  readonly resolved_at_ms: number | null;
  readonly resolved_by: string | null;
}

export function viewOf(row: LetterRow): LetterView {
  return {
    id: row.id,
    queue: row.queue,
    state: row.state,
    sentAtMs: row.sent_at_ms,
    deadAtMs: row.dead_at_ms,
    attempts: row.attempts,
    reason: row.reason,
    errorName: row.error_name,
    errorMessage: row.error_message,
    fingerprint: row.fingerprint,
    preview: row.preview,
    bodyBytes: row.body_bytes,
    storedIn: row.body_key === null ? "d1" : "r2",
    redrives: row.redrives,
    resolvedAtMs: row.resolved_at_ms,
    resolvedBy: row.resolved_by,
  };
}
