import { sandboxRegistryOf, writePools } from "@monotask/sandbox";
import { gaugeWriter } from "../gauge-writer.ts";
import type { TickStep } from "../ticks/step.ts";

/** Collects how every pool of sandboxes stands, and wakes the registry in case an alarm was lost. */
export const sandboxesStep: TickStep = {
  name: "sandboxes",
  async run({ env }) {
    const pools = await sandboxRegistryOf(env)?.wake();
    if (pools) writePools(pools, gaugeWriter(env));
  },
};
