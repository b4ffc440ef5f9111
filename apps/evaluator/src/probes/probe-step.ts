import { createWriter, datasetOf, readSettings } from "@monotask/telemetry";
import { shippedProbes } from "../slo/slo-file.ts";
import type { TickStep } from "../ticks/step.ts";
import { probeUrl, runProbe } from "./run-probe.ts";

/** What has no address is said once an isolate: it is as true in each minute. */
const said = new Set<string>();

/** Makes the requests of `probes:` that are due this minute, side by side, and writes one point each. */
export const probeStep: TickStep = {
  name: "probes",
  async run({ env, scheduledMs, logger }) {
    const minute = Math.floor(scheduledMs / 60_000);
    const due = shippedProbes().filter((probe) => minute % probe.intervalMinutes === 0);
    if (due.length === 0) return;
    const { version, environment, team } = readSettings(env);
    const pending: Promise<unknown>[] = [];
    const identity = { workerName: "monotask-evaluator", version, environment, team };
    const writer = createWriter({ dataset: datasetOf(env.ANALYTICS), identity, keepAlive: (work) => pending.push(work) });
    await Promise.all(
      due.map(async (probe) => {
        const url = probeUrl(probe, env);
        if (url === undefined) {
          if (!said.has(probe.name))
            logger.warn("a probe has no address: set the variable of its url", { probe: probe.name, url: probe.url });
          said.add(probe.name);
        } else writer.write("probe", await runProbe(probe, url, { fetch, nowMs: () => performance.now() }));
      }),
    );
    await Promise.all(pending);
  },
};
