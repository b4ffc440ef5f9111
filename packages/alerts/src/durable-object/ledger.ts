import type { Effect, EngineEvent } from "../engine/event.ts";
import type { EngineSettings } from "../engine/settings.ts";
import type { EngineState } from "../engine/state.ts";
import { step, type Step } from "../engine/step.ts";
import type { AlertStore } from "./store.ts";
import { doneTogether } from "./together.ts";

/** The engine over its store: a step holds once it is written. */
export interface Ledger {
  state(): EngineState;
  /** One step; gives what is to be done once it is stored, which it is. */
  take(event: EngineEvent): Effect[];
  /** The same for what comes often: steps that come together share a flush. False for a batch that was known already. */
  takeTogether(event: EngineEvent): Promise<boolean>;
}

/** What a ledger works with; settings may change between steps. */
export interface LedgerDeps {
  store: AlertStore;
  now: () => number;
  settings: () => EngineSettings;
  /** Does what follows from steps that were taken together. */
  follow: (effects: readonly Effect[]) => void;
}

/** Opens the ledger where the store left off. */
export function openLedger({ store, now, settings, follow }: LedgerDeps): Ledger {
  let state = store.load();

  function commit(steps: readonly Step[]): Effect[] {
    const last = steps.at(-1);
    if (last === undefined) return [];
    store.save(steps);
    state = last.state;
    return steps.flatMap(({ effects }) => effects);
  }

  function takeAll(events: readonly EngineEvent[]): boolean[] {
    const steps: Step[] = [];
    let next = state;
    const areNew = events.map((event) => {
      if (event.kind === "raise" && next.batches.has(event.batch.id)) return false;
      const done = step(next, event, now(), settings());
      steps.push(done);
      next = done.state;
      return true;
    });
    follow(commit(steps));
    return areNew;
  }

  return {
    state: () => state,
    take: (event) => commit([step(state, event, now(), settings())]),
    takeTogether: doneTogether(takeAll),
  };
}
