import type { Stack } from "../stack/stack.ts";
import type { Traffic } from "../traffic/traffic.ts";
import { countRequests } from "./counts.ts";
import type { Steps } from "./report.ts";
import { until } from "./until.ts";

/** Requests of the sampled run. */
const REQUESTS = 400;
const SIGMAS = 3;
const MINUTE_MS = 60_000;

interface SampledRun {
  readonly stack: Stack;
  /** How long a step waits for what it expects, real milliseconds. */
  readonly patienceMs: number;
  readonly traffic: Traffic;
  readonly steps: Steps;
  readonly samplingRate: number;
  /** Virtual time at which this stack started, and the stretch before it with its rows. */
  readonly fromMs: number;
  readonly before: { readonly fromMs: number; readonly rows: number };
}

/** The same stack started again with sampling: what was stored before is there, and the estimate is right within its own error. */
export async function runSampled({ stack, traffic, steps, samplingRate, fromMs, before, patienceMs }: SampledRun): Promise<void> {
  await steps.run("After a restart the points are still there", `${before.rows} rows`, async () => {
    const { rows } = await countRequests(stack.addresses, { fromMs: before.fromMs, toMs: fromMs });
    return { ok: rows === before.rows, observed: `${rows} rows` };
  });

  await steps.run(
    `At sampling ${samplingRate} the weighted count is right`,
    `fewer rows than requests; within ${SIGMAS} σ of what was sent`,
    async () => {
      await until(
        () => Promise.resolve(traffic.counts().sent),
        (sent) => sent >= REQUESTS,
        patienceMs,
      );
      await traffic.pause();
      const { sent, unanswered } = traffic.counts();
      const range = { fromMs, toMs: stack.clock.now() + MINUTE_MS };
      let rowsBefore = -1;
      const { rows, requests, variance } = await until(
        () => countRequests(stack.addresses, range),
        (counts) => {
          // Points arrive after the answer; two looks alike mean that none is under way.
          const isStill = counts.rows > 0 && counts.rows === rowsBefore;
          rowsBefore = counts.rows;
          return isStill;
        },
        patienceMs,
      );
      const sigma = Math.sqrt(variance);
      const off = Math.abs(requests - sent) / sigma;
      const observed = `${sent} sent (${unanswered.length} without an answer), ${rows} rows stand for ${requests} ± ${sigma.toFixed(0)}: ${off.toFixed(2)} σ off`;
      return { ok: unanswered.length === 0 && rows < sent && off <= SIGMAS, observed };
    },
  );
}
