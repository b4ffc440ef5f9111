import type { AcknowledgeOptions, AlertSignal, EngineEvent, RaiseSource } from "../src/index.ts";
import { parseMatchers } from "../src/index.ts";
import { signal, type SignalFields } from "./signals.ts";

let batches = 0;

/** Alerts of these names fire. */
export function raise(
  names: string,
  fields: SignalFields = {},
  more: Partial<AlertSignal> = {},
  source: RaiseSource = "evaluator",
): EngineEvent {
  batches += 1;
  const signals = names.split(" ").map((name) => signal(name, fields, more));
  return { kind: "raise", batch: { id: `event-${batches}`, source, signals } };
}

/** Alerts of these names are over. */
export function resolve(names: string, fields: SignalFields = {}): EngineEvent {
  return raise(names, { ...fields, status: "resolved" });
}

/** A worker raises once, then there is no data. */
export function worker(name: string): EngineEvent[] {
  return [raise(name, {}, {}, "worker"), raise(name, { status: "frozen" }, {}, "worker")];
}

/** Kim has it. */
export function acknowledge(target: string, options: AcknowledgeOptions = {}): EngineEvent {
  return { kind: "acknowledge", target, by: "kim", ...options };
}

/** Kim silences what matches. */
export function silence(id: string, matcher: string, { fromS = 0, untilS }: { fromS?: number; untilS: number }): EngineEvent {
  const matchers = parseMatchers([matcher]);
  if (!Array.isArray(matchers)) throw new Error(matchers.message);
  const times = { fromMs: fromS * 1000, untilMs: untilS * 1000, createdAtMs: 0 };
  return { kind: "silence", silence: { id, matchers, by: "kim", why: "migration", ...times } };
}

/** Kim ends a silence. */
export function unsilence(id: string): EngineEvent {
  return { kind: "unsilence", id, by: "kim" };
}

/** Kim closes the alerts of a worker that is gone. */
export function close(name: string): EngineEvent {
  return { kind: "close", worker: name, by: "kim" };
}
