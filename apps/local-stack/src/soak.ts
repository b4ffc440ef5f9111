// pnpm soak --minutes N: steady load at the highest rate the machine holds, a scripted day of incidents, processes killed without notice;
// then the books are held against each other. Writes bench/results/soak.json.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { holdBooks } from "./soak/books.ts";
import { runDay } from "./soak/day.ts";
import { measureHighestRate } from "./soak/highest-rate.ts";
import { requestLogOf } from "./soak/request-log.ts";
import { DEFAULT_PORT_BASE } from "./stack/ports.ts";
import { startStack } from "./stack/stack.ts";
import { FLAT } from "./traffic/day-shape.ts";
import { startTraffic } from "./traffic/traffic.ts";

const ROOT = join(import.meta.dirname, "../../..");
const HOME = join(ROOT, ".monotask/soak");
const SPEED = 60;
const MINUTE_MS = 60_000;
/**
 * Share of the rate at saturation that is held for the whole run: the rest is for the evaluator's ticks, sixty times as frequent as in
 * production, for ClickHouse and for the senders themselves, all on the same cores.
 */
const HELD_SHARE = 0.4;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    "per-second": { type: "string", default: "0" },
    kills: { type: "string", default: "4" },
    seed: { type: "string", default: "1" },
  },
});
const [minutes = 10, perSecond = 0, kills = 4, seed = 1] = [values.minutes, values["per-second"], values.kills, values.seed].map(
  Number,
);
if (![minutes, perSecond, kills, seed].every((n) => n >= 0)) {
  console.error(
    "usage: pnpm soak [--minutes 10] [--per-second 20] [--kills 4] [--seed 1]; without --per-second the machine's highest rate is found",
  );
  process.exit(2);
}
process.exitCode = await soak({ runMs: minutes * MINUTE_MS, perSecond, kills, seed });

interface Soak {
  readonly runMs: number;
  /** 0 finds out what the machine holds. */
  readonly perSecond: number;
  readonly kills: number;
  readonly seed: number;
}

async function soak({ runMs, perSecond: asked, kills, seed }: Soak): Promise<number> {
  rmSync(HOME, { recursive: true, force: true });
  const clock = { realMs: Date.now(), virtualMs: Date.now(), rate: SPEED };
  const stack = await startStack({ root: ROOT, homeDir: HOME, portBase: DEFAULT_PORT_BASE + 400, clock, samplingRate: 1, seed });
  try {
    const highest = asked > 0 ? undefined : await measureHighestRate(stack.addresses.demo, seed);
    const perSecond = highest === undefined ? asked : Math.max(1, Math.floor(highest.perSecond * HELD_SHARE));
    if (highest)
      console.log(`saturated at ${highest.perSecond.toFixed(0)} answers a second; held: ${perSecond} requests a second`);
    const traffic = startTraffic({ baseUrl: stack.addresses.demo, perSecond, shape: FLAT, peak: 1, seed });
    try {
      const seen = await runDay({ stack, traffic, runMs, kills, seed });
      await traffic.pause();
      const log = requestLogOf(traffic.counts(), ...(highest ? [highest.counts] : []));
      const report = await holdBooks({ stack, startMs: clock.virtualMs, seen, log });
      const rates = { saturatedPerSecond: highest?.perSecond, perSecond, heldBack: traffic.counts().heldBack };
      const killed = { workers: stack.workers.restarts(), engine: stack.engine.restarts() };
      writeReport({ ...report, runMs, ...rates, killed, cores: cpus().length, incidents: seen.incidents });
      return report.ok ? 0 : 1;
    } finally {
      await traffic.stop();
    }
  } finally {
    await stack.stop();
  }
}

function writeReport(report: object): void {
  mkdirSync(join(ROOT, "bench/results"), { recursive: true });
  const file = join(ROOT, "bench/results/soak.json");
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...report }, undefined, 2)}\n`);
  console.log("Report: bench/results/soak.json");
}
