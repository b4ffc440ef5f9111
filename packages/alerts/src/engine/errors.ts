import type { Alert, ErrorCount } from "../model/alert.ts";
import type { AlertSignal } from "../model/signal.ts";
import type { Draft } from "./draft.ts";

/** Errors that an alert lists; the rarest make room. */
const MAX_ERRORS = 20;
/** Errors remembered over all alerts. */
const MAX_SEEN = 5_000;
const DAY_MS = 24 * 3_600_000;
/** A sighting is written down once an hour: "seen within 24 h" needs no more. */
const SIGHTING_MS = 3_600_000;

/** The alert's errors with the one that the signal brings counted in; nothing for a signal without an error. */
export function countErrors(
  draft: Draft,
  alertId: string,
  known: readonly ErrorCount[] | undefined,
  signal: AlertSignal,
): { errors?: ErrorCount[] } {
  const { fingerprint, error = "" } = signal.sample ?? {};
  if (fingerprint === undefined) return known === undefined ? {} : { errors: [...known] };
  remember(draft, `${alertId} ${fingerprint}`);
  const before = known?.find((one) => one.fingerprint === fingerprint);
  const count = (before?.count ?? 0) + (signal.count ?? 1);
  const counted = { fingerprint, error, count, firstAtMs: before?.firstAtMs ?? draft.nowMs };
  const others = (known ?? []).filter((one) => one !== before);
  const sorted = [...others, counted].sort((a, b) => b.count - a.count || a.firstAtMs - b.firstAtMs);
  return { errors: sorted.slice(0, MAX_ERRORS) };
}

/** True for an error that this alert has not shown within a day, though it has shown others. Ask before it is counted. */
export function isNewError(draft: Draft, alert: Alert, signal: AlertSignal): boolean {
  const fingerprint = signal.sample?.fingerprint;
  if (fingerprint === undefined || alert.errors === undefined) return false;
  if (alert.errors.some((one) => one.fingerprint === fingerprint)) return false;
  const seenAtMs = draft.seenErrors.get(`${alert.id} ${fingerprint}`);
  return seenAtMs === undefined || draft.nowMs - seenAtMs > DAY_MS;
}

function remember(draft: Draft, key: string): void {
  const seenAtMs = draft.seenErrors.get(key);
  if (seenAtMs !== undefined && draft.nowMs - seenAtMs < SIGHTING_MS) return;
  draft.seenErrors.delete(key);
  draft.seenErrors.set(key, draft.nowMs);
  for (const oldest of draft.seenErrors.keys()) {
    if (draft.seenErrors.size() <= MAX_SEEN) return;
    draft.seenErrors.delete(oldest);
  }
}
