import type { AlertSignal, SignalError } from "../model/signal.ts";

/** Errors counted while they wait; what is beyond goes into the total only. */
const MAX_WAITING = 20;

/** Counts by error with the signal's own. The list is changed in place: during a storm this runs for every error. */
export function addError(waiting: SignalError[] | undefined, { sample, count = 1 }: AlertSignal): SignalError[] {
  const errors = waiting ?? [];
  if (sample?.fingerprint === undefined) return errors;
  const known = errors.find((one) => one.fingerprint === sample.fingerprint);
  if (known) known.count += count;
  else if (errors.length < MAX_WAITING) errors.push({ fingerprint: sample.fingerprint, error: sample.error ?? "", count });
  return errors;
}

/** Two counts as one. */
export function mergeErrors(first: readonly SignalError[], second: readonly SignalError[] = []): SignalError[] {
  const merged = new Map<string, SignalError>();
  for (const one of [...first, ...second]) {
    const before = merged.get(one.fingerprint);
    merged.set(one.fingerprint, { ...one, count: one.count + (before?.count ?? 0) });
  }
  return [...merged.values()].slice(0, MAX_WAITING);
}
