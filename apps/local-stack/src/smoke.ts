// pnpm smoke [--port-base N] [--speed N]: the whole path once, headless and bounded: traffic, an outage and a saturation, their pages in every
// channel, their ends, the books.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_PORT_BASE } from "./stack/ports.ts";
import { StackError } from "./stack/stack-error.ts";
import { startStack, type Stack } from "./stack/stack.ts";
import { runBooks, runHealthy, runOutage } from "./smoke/outage.ts";
import { createSteps, type Steps } from "./smoke/report.ts";
import { runSampled } from "./smoke/sampling.ts";
import { runSandboxTimeouts, runSaturation } from "./smoke/saturation.ts";
import { countRequests } from "./smoke/counts.ts";
import { FLAT } from "./traffic/day-shape.ts";
import { startTraffic, type Traffic } from "./traffic/traffic.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** Beside the state of `pnpm start`, which a smoke run must not touch. */
const HOME = join(ROOT, ".monotask/smoke");
const REPORT = join(ROOT, ".monotask/smoke-report.json");
/** Away from the ports of a `pnpm start` that runs. */
const { values: flags } = parseArgs({
  options: {
    "port-base": { type: "string", default: String(DEFAULT_PORT_BASE + 200) },
    speed: { type: "string", default: "60" },
  },
});
const PORT_BASE = Number(flags["port-base"]);
/** A virtual minute a second: the hour that the availability rule looks back passes in a minute. A busy machine needs a slower one. */
const SPEED = Number(flags.speed);
/** 45 s at full speed, and as many virtual minutes at any other. */
const PATIENCE_MS = (45 * 60 * 1_000) / SPEED;
const PER_SECOND = 18;
const SEED = 7;
const SAMPLED_RATE = 0.1;
const MINUTE_MS = 60_000;

const steps = createSteps((line) => console.log(line));
try {
  await smoke(steps);
} catch (error) {
  const observed = error instanceof StackError ? error.message : String(error);
  await steps.run("The stack runs", "it starts and stays up", () => Promise.resolve({ ok: false, observed }));
}
const report = steps.report();
mkdirSync(join(ROOT, ".monotask"), { recursive: true });
writeFileSync(REPORT, `${JSON.stringify(report, undefined, 2)}\n`);
console.log(
  report.ok
    ? `smoke: all ${report.steps.length} steps hold. Report: .monotask/smoke-report.json`
    : `smoke: ${report.steps.filter(({ ok }) => !ok).length} of ${report.steps.length} steps failed. Report: .monotask/smoke-report.json, logs: .monotask/smoke/logs`,
);
process.exitCode = report.ok ? 0 : 1;

async function smoke(steps: Steps): Promise<void> {
  rmSync(HOME, { recursive: true, force: true });
  const fromMs = Date.now();
  let rows = 0;
  let endMs = fromMs;
  await withStack({ virtualMs: fromMs, samplingRate: 1 }, async (stack, traffic) => {
    const path = { stack, steps, patienceMs: PATIENCE_MS };
    // Side by side where one does not change what the other says: a page of a worker holds its warnings back.
    await Promise.all([runHealthy(path), runSandboxTimeouts(path)]);
    await Promise.all([runOutage(path), runSaturation(path)]);
    await runBooks({ ...path, traffic, fromMs });
    endMs = stack.clock.now() + MINUTE_MS;
    ({ rows } = await countRequests(stack.addresses, { fromMs, toMs: endMs }));
  });
  await withStack({ virtualMs: endMs, samplingRate: SAMPLED_RATE }, (stack, traffic) =>
    runSampled({
      stack,
      traffic,
      steps,
      patienceMs: PATIENCE_MS,
      samplingRate: SAMPLED_RATE,
      fromMs: endMs,
      before: { fromMs, rows },
    }),
  );
}

interface StackStart {
  readonly virtualMs: number;
  readonly samplingRate: number;
}

async function withStack(
  { virtualMs, samplingRate }: StackStart,
  use: (stack: Stack, traffic: Traffic) => Promise<void>,
): Promise<void> {
  const clock = { realMs: Date.now(), virtualMs, rate: SPEED };
  const stack = await startStack({ root: ROOT, homeDir: HOME, portBase: PORT_BASE, clock, samplingRate, seed: SEED });
  const traffic = startTraffic({
    baseUrl: stack.addresses.demo,
    perSecond: PER_SECOND,
    shape: FLAT,
    peak: 1,
    seed: SEED,
  });
  try {
    const broken = stack.broken.then((why) => {
      throw new StackError(why);
    });
    broken.catch(() => undefined);
    await Promise.race([use(stack, traffic), broken]);
  } finally {
    await traffic.stop();
    await stack.stop();
  }
}
