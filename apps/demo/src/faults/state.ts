import { ALL_OFF, type Switches } from "./switches.ts";

/** The switches of one isolate: locally there is only one. */
export interface FaultState {
  readonly now: () => Switches;
  change(changes: Partial<Switches>): void;
  /** True for the given share of the calls; the same calls for the same seed. */
  hits(share: number): boolean;
}

export function createFaultState(): FaultState {
  let switches = ALL_OFF;
  let draws = 0;
  return {
    now: () => switches,
    change(changes) {
      switches = { ...switches, ...changes };
      draws = 0;
    },
    hits(share) {
      if (share <= 0) return false;
      draws += 1;
      return uniform(switches.seed, draws) < share;
    },
  };
}

/** The `n`th draw in [0, 1) of a seed: a 32-bit mix with the constants of MurmurHash3's finalizer. */
function uniform(seed: number, n: number): number {
  let mixed = (Math.imul(seed, 0x9e3779b9) + Math.imul(n, 0x61c88647)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
