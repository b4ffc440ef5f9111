import type { Alert, ErrorCount } from "../model/alert.ts";
import type { AlertSignal, SignalError } from "../model/signal.ts";
import type { Draft } from "./draft.ts";

/** Errors that an alert lists; the rarest make room. */
const MAX_ERRORS = 20;
/** Errors remembered over all alerts. */
const MAX_SEEN = 5_000;
const DAY_MS = 24 * 3_600_000;
/** A sighting is written down once an hour: "seen within 24 h" needs no more. */
const SIGHTING_MS = 3_600_000;

/** The alert's errors with those that the signal brings counted in; nothing for a signal without an error. */
export function countErrors(
  draft: Draft,
  alertId: string,
  known: readonly ErrorCount[] | undefined,
  signal: AlertSignal,
): { errors?: ErrorCount[] } {
  const brought = errorsOf(signal);
  if (brought.length === 0) return known === undefined ? {} : { errors: [...known] };
  const counts = new Map((known ?? []).map((one) => [one.fingerprint, one]));
  for (const { fingerprint, error, count } of brought) {
    remember(draft, `${alertId} ${fingerprint}`);
    const before = counts.get(fingerprint);
    const firstAtMs = before?.firstAtMs ?? draft.nowMs;
    counts.set(fingerprint, { fingerprint, error, count: (before?.count ?? 0) + count, firstAtMs });
  }
  const sorted = [...counts.values()].sort((a, b) => b.count - a.count || a.firstAtMs - b.firstAtMs);
  return { errors: sorted.slice(0, MAX_ERRORS) };
}

/** True if the signal brings an error that the alert has not shown within a day, though it has shown others. Ask before it is counted. */
export function isNewError(draft: Draft, alert: Alert, signal: AlertSignal): boolean {
  const { errors } = alert;
  if (errors === undefined) return false;
  return errorsOf(signal).some(({ fingerprint }) => {
    if (errors.some((one) => one.fingerprint === fingerprint)) return false;
    const seenAtMs = draft.seenErrors.get(`${alert.id} ${fingerprint}`);
    return seenAtMs === undefined || draft.nowMs - seenAtMs > DAY_MS;
  });
}

function errorsOf({ errors, sample, count = 1 }: AlertSignal): readonly SignalError[] {
  if (errors !== undefined) return errors;
  return sample?.fingerprint === undefined ? [] : [{ fingerprint: sample.fingerprint, error: sample.error ?? "", count }];
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
