import type { AlertSignal, SignalError } from "../model/signal.ts";

/** Errors counted while they wait; what is beyond goes into the total only. */
const MAX_WAITING = 20;

/** Errors that nobody has been told of, by fingerprint. */
export type WaitingErrors = Map<string, SignalError>;

/** The error that a signal is about, as one to be counted. */
export function errorsOf({ sample, count = 1 }: AlertSignal): SignalError[] {
  return sample?.fingerprint === undefined ? [] : [{ fingerprint: sample.fingerprint, error: sample.error ?? "", count }];
}

/** Counts errors. The map is changed in place: during a storm this runs for every error. */
export function addErrors(waiting: WaitingErrors, errors: Iterable<SignalError> = []): WaitingErrors {
  for (const one of errors) {
    const known = waiting.get(one.fingerprint);
    if (known) known.count += one.count;
    else if (waiting.size < MAX_WAITING) waiting.set(one.fingerprint, { ...one });
  }
  return waiting;
}
