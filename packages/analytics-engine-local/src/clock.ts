/** A clock as data: it shows `virtualMs` at the real time `realMs` and runs `rate` times as fast as real time. All in ms since 1970. */
export interface VirtualClock {
  readonly realMs: number;
  readonly virtualMs: number;
  readonly rate: number;
}

/** Where a server takes the time from: a virtual clock, or any function that returns ms since 1970. */
export type Clock = VirtualClock | (() => number);

/** The function that tells the time of a clock, in ms since 1970; the machine's own clock if none is given. */
export function timeOf(clock: Clock | undefined): () => number {
  if (clock === undefined) return () => Date.now();
  if (typeof clock === "function") return clock;
  return () => clock.virtualMs + (Date.now() - clock.realMs) * clock.rate;
}

/**
 * Reads a clock from JSON: `{"realMs": …, "virtualMs": …, "rate": …}`.
 * @throws {TypeError} naming the field that is wrong.
 */
export function parseClock(json: string): VirtualClock {
  const example = `{"realMs":${Date.now()},"virtualMs":${Date.now()},"rate":1}`;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new TypeError(`the clock is not JSON; write it like ${example}`);
  }
  const field = (name: string): number => {
    const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
    if (typeof found !== "number" || !Number.isFinite(found))
      throw new TypeError(`the clock's "${name}" is not a number; write it like ${example}`);
    return found;
  };
  const clock = { realMs: field("realMs"), virtualMs: field("virtualMs"), rate: field("rate") };
  if (clock.rate < 0) throw new TypeError(`the clock's "rate" is ${clock.rate}; time does not run backwards, give 0 or more`);
  return clock;
}
