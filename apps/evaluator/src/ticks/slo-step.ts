import { shippedSlos } from "../slo/slo-file.ts";
import { createSloStore } from "../slo/store.ts";
import { runTick } from "../slo/tick.ts";
import type { TickStep } from "./step.ts";

/** Measures and judges the SLOs. */
export const sloStep: TickStep = {
  name: "slos",
  async run({ env, scheduledMs, query, alerts, defaults, logger }) {
    await runTick({ slos: shippedSlos(logger), query, store: createSloStore(env.DB), alerts, defaults, logger }, scheduledMs);
  },
};
