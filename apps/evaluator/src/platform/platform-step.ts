import { readPlatform } from "@monotask/performance";
import { minuteOf } from "@monotask/slo";
import { gaugeWriter } from "../gauge-writer.ts";
import { createSloStore } from "../slo/store.ts";
import { readEvaluatorSettings } from "../settings.ts";
import type { TickStep } from "../ticks/step.ts";

/** The platform's figures cover five minutes: asking more often would tell nothing new. */
const EVERY_MS = 5 * 60_000;

/** What could not be read is said once an isolate: it is as true in each minute. */
const said = new Set<string>();

/** Collects what only the platform knows: memory, CPU and wall time of all workers, operations of D1, KV, R2 and queues. */
export const platformStep: TickStep = {
  name: "platform",
  async run({ env, scheduledMs, logger }) {
    if (scheduledMs % EVERY_MS >= 60_000) return;
    const { accountId, analyticsToken: token } = readEvaluatorSettings(env);
    const { gauges, failures, invocations } = await readPlatform({ accountId, token }, scheduledMs);
    const writer = gaugeWriter(env);
    for (const { name, subject, value } of gauges) writer.write("gauge", { name, subject, value });
    const lost = writer.dropped["invocation-limit"];
    const tooMany = lost > 0 ? [`${lost} of ${gauges.length} figures did not fit the 250 points of an invocation`] : [];
    for (const failure of [...failures, ...tooMany]) {
      if (said.has(failure)) continue;
      said.add(failure);
      logger.warn("the platform's own figures are not complete", { why: failure });
    }
    // Last: figures are there also while D1 is away.
    if (invocations === undefined) return;
    const [fromMinute, toMinute] = [minuteOf(invocations.fromMs), minuteOf(invocations.toMs)];
    await createSloStore(env.DB).saveInvocations({ fromMinute, toMinute, requests: invocations.requests });
  },
};
