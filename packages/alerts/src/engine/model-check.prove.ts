import fc from "fast-check";
import { expect, it } from "vitest";
import { commands, settle, World, type Model } from "../../test/model.ts";

it("holds the laws over 3,000 random days of up to 80 commands", () => {
  fc.assert(
    fc.property(commands(80), (day) => {
      const world = new World();
      fc.modelRun((): { model: Model; real: World } => ({ model: { counts: new Map() }, real: world }), day);
      expect(settle(world)).toEqual([]);
    }),
    { seed: 11, numRuns: 3_000 },
  );
});
