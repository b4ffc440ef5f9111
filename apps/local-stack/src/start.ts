// pnpm start: the whole product on this machine until Ctrl-C.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { seedHistory } from "./history/seed.ts";
import { createEvaluatorApi } from "./stack/evaluator-api.ts";
import { StackError } from "./stack/stack-error.ts";
import { startStack, type Stack } from "./stack/stack.ts";
import { openClockMemory, startOfClock } from "./start/clock-memory.ts";
import { parseStartFlags, type StartFlags } from "./start/flags.ts";
import { observe } from "./start/observe.ts";
import { sloFileComplaint } from "./start/slo-file.ts";
import { screenOn, type Screen } from "./start/screen.ts";
import { paintFor, viewLine, viewLines, type Snapshot } from "./start/view.ts";
import { workingDay } from "./traffic/day-shape.ts";
import { seededRandom } from "@monotask/analytics-engine-local";
import { startTraffic, type Traffic } from "./traffic/traffic.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** A folder of the stack's own: what it wrote there, `--fresh` removes. */
const HOME = process.env["MONOTASK_STACK_HOME"] ?? join(ROOT, ".monotask");
/** A day of traffic passes in this real time. */
const DAY_MS = 24 * 60_000;
const SWING = 0.6;
/** Between two drawings on a terminal, and between two lines elsewhere. */
const [LIVE_MS, LINE_MS] = [1_000, 10_000];

const parsed = parseStartFlags(process.argv.slice(2), (text) => console.log(text));
process.exitCode = parsed.kind === "exit" ? parsed.code : await run(parsed.flags);

/** Exit code: 0 ended by the person, 1 something did not start or could not be kept running. */
async function run(flags: StartFlags): Promise<number> {
  const screen = screenOn(process.stdout, process.env);
  const stopping = new AbortController();
  let isStarting = true;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(130);
      if (isStarting) screen.print("It stops as soon as it has started; Ctrl-C again ends it at once.");
      stopping.abort();
    });
  }
  if (flags.isFresh) rmSync(HOME, { recursive: true, force: true });
  const complaint = sloFileComplaint(ROOT);
  if (complaint !== undefined) screen.print(complaint);
  screen.print("Starting the workers, Analytics Engine and the stand-ins …");
  let stack: Stack;
  try {
    stack = await startStack({
      root: ROOT,
      homeDir: HOME,
      portBase: flags.portBase,
      clock: clockOf(flags, screen),
      samplingRate: flags.samplingRate,
      seed: flags.seed,
    });
  } catch (error) {
    console.error(error instanceof StackError ? error.message : error);
    return 1;
  }
  isStarting = false;
  try {
    const written = await seedHistory(stack.addresses, { endMs: stack.clock.now(), random: seededRandom(flags.seed) });
    if (written > 0)
      screen.print(`An invented month was written, ${written} points marked "synthetic", so that no panel is empty.`);
  } catch (error) {
    screen.print(`The dashboard begins without history: ${error instanceof Error ? error.message : String(error)}`);
  }
  const traffic = trafficOf(flags, stack);
  const ended: { why?: string } = {};
  // Never settles where everything keeps running until it is stopped.
  void stack.broken.then((why) => {
    if (stopping.signal.aborted) return;
    ended.why = why;
    stopping.abort();
  });
  await watch({ stack, traffic, flags, screen }, stopping.signal);
  screen.print("Stopping …");
  await traffic?.stop();
  openClockMemory(HOME).remember(stack.clock.now());
  await stack.stop();
  if (ended.why === undefined) {
    screen.print("Everything has ended. Data stays in .monotask; `pnpm start --fresh` forgets it.");
    return 0;
  }
  console.error(ended.why);
  return 1;
}

function clockOf(flags: StartFlags, screen: Screen): { realMs: number; virtualMs: number; rate: number } {
  const realMs = Date.now();
  const virtualMs = startOfClock(realMs, flags.nowMs, openClockMemory(HOME).latestMs());
  if (virtualMs > realMs && flags.nowMs === undefined)
    screen.print(`The clock goes on from an earlier, faster run: ${new Date(virtualMs).toISOString()}. --fresh starts at now.`);
  return { realMs, virtualMs, rate: flags.speed };
}

function trafficOf({ perSecond, seed }: StartFlags, stack: Stack): Traffic | undefined {
  if (perSecond === 0) return undefined;
  return startTraffic({
    baseUrl: stack.addresses.demo,
    perSecond,
    shape: workingDay(DAY_MS, SWING),
    peak: 1 + SWING,
    seed,
  });
}

interface Watched {
  readonly stack: Stack;
  readonly traffic: Traffic | undefined;
  readonly flags: StartFlags;
  readonly screen: Screen;
}

/** Draws until it is time to stop. */
async function watch({ stack, traffic, flags, screen }: Watched, signal: AbortSignal): Promise<void> {
  const api = createEvaluatorApi(stack.addresses.evaluator);
  const paint = paintFor(screen.hasColour);
  let snapshot: Snapshot | undefined;
  let atMs = performance.now();
  for (let first = true; !signal.aborted; first = false) {
    const elapsedMs = performance.now() - atMs;
    atMs = performance.now();
    snapshot = await observe({ stack, api, traffic, speed: flags.speed }, snapshot, elapsedMs);
    if (signal.aborted) return;
    if (screen.isLive) screen.draw(viewLines(snapshot, paint));
    else if (first) for (const line of viewLines(snapshot, paint)) screen.print(line);
    else screen.print(viewLine(snapshot));
    await wait(screen.isLive ? LIVE_MS : LINE_MS, undefined, { signal }).catch(() => undefined);
  }
}
