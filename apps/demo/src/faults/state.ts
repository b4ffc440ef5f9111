import { uniform } from "./draws.ts";
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
