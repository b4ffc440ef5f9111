import { propertyOf } from "./settings/property.ts";

/** Where timestamps come from. Measured durations never use it: they are real. */
export interface Clock {
  /** Epoch milliseconds; virtual on a local stack that runs faster than real time. */
  now(): number;
  /** The real epoch millisecond at which `now()` will read `virtualMs`: what an alarm or a timer must be set to. */
  toReal(virtualMs: number): number;
}

/** A virtual clock: `virtualMs` at the real moment `realMs`, then `rate` virtual milliseconds a millisecond. */
export interface ClockSpec {
  readonly realMs: number;
  readonly virtualMs: number;
  readonly rate: number;
}

export const systemClock: Clock = { now: () => Date.now(), toReal: (ms) => ms };

/** The clock of a spec; without one, real time. */
export function createClock(spec?: ClockSpec, realNow: () => number = Date.now): Clock {
  if (!spec) return { now: () => realNow(), toReal: (ms) => ms };
  return {
    now: () => Math.floor(spec.virtualMs + (realNow() - spec.realMs) * spec.rate),
    toReal: (virtualMs) => Math.ceil(spec.realMs + (virtualMs - spec.virtualMs) / spec.rate),
  };
}

/**
 * Reads `{"realMs":…,"virtualMs":…,"rate":…}`, as JSON text or as the object that a JSON variable arrives as. Undefined where it is not
 * one: rate must be above 0, all finite.
 */
export function parseClockSpec(given: unknown): ClockSpec | undefined {
  try {
    const value: unknown = typeof given === "string" ? JSON.parse(given) : given;
    const [realMs, virtualMs, rate] = ["realMs", "virtualMs", "rate"].map((name) => propertyOf(value, name));
    if (!isFiniteNumber(realMs) || !isFiniteNumber(virtualMs) || !isFiniteNumber(rate) || rate <= 0) return undefined;
    return { realMs, virtualMs, rate };
  } catch {
    return undefined;
  }
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
