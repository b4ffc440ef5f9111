import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commands, settle, World, type Model } from "../../test/model.ts";

const SEED = 20_261_124;

/** Random days with crashes between any two steps; the same check at length is `model-check.prove.ts`. */
describe("a random day of commands, failures and crashes", () => {
  it("never ends what was not told, repeats nothing within its cooldown, conserves counts and loses no alert", () => {
    fc.assert(
      fc.property(commands(30), (day) => {
        const world = new World();
        fc.modelRun((): { model: Model; real: World } => ({ model: { counts: new Map() }, real: world }), day);
        expect(settle(world)).toEqual([]);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
});
