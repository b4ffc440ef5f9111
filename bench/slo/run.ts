// node bench/slo/run.ts [--rounds 30] [--slos 10000] [--tick-slos 1000] [--lines 300000]
import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cpus, tmpdir } from "node:os";
import { createGunzip, gzipSync } from "node:zlib";
import { parseArgs } from "node:util";
import { answerText, bigCatalogue, routedCatalogue, traceLines } from "./src/inputs.ts";
import { ticksInWorkerd } from "./src/in-workerd.ts";
import { wholeTicks } from "./src/whole-evaluator.ts";
import { percentile } from "./src/percentile.ts";
import { createTicks } from "./src/ticks.ts";
import { createLogpushCounter, decideBoard, emptyBoard, layoutOf, setWindow } from "../../packages/slo/src/index.ts";
import type { Slo } from "../../packages/slo/src/index.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "30" },
    slos: { type: "string", default: "10000" },
    "tick-slos": { type: "string", default: "1000" },
    lines: { type: "string", default: "300000" },
    out: {
      type: "string",
      default: join(import.meta.dirname, "../results/slo.json"),
    },
  },
});
const [rounds, sloCount, tickSlos, lineCount] = [values.rounds, values.slos, values["tick-slos"], values.lines].map(Number) as [
  number,
  number,
  number,
  number,
];

const START = 29_000_040;
/** The first ticks sum everything anew, and the next run on code that is still being compiled. */
const TICK_WARM_UP = 120;
const DECISION_WARM_UP = 100;

/** The decision alone: windows in, what fires out. All 80,000 windows have other sums in each round. */
function decisionMs(): number[] {
  const slos = bigCatalogue(sloCount);
  const layout = layoutOf(slos);
  const boards = Array.from({ length: 2 }, (_, round) => {
    const board = emptyBoard(layout, START);
    layout.windowKey.forEach((length, window) => {
      const total = length * 1_000 + round;
      const bad = Math.floor((total * (Math.floor(window / 8) % 20)) / 10_000);
      const counts = {
        varGood: 0,
        varTotal: 0,
        measuredMinutes: length,
        total,
        good: total - bad,
      };
      setWindow(board, window, {
        fromMinute: START - length + 1,
        toMinute: START,
        ...counts,
      });
    });
    board.firstMinute.fill(START - 50_000);
    board.lastMinute.fill(START);
    return board;
  });
  let round = 0;
  return times(rounds, () => {
    const board = boards[(round += 1) % boards.length];
    if (board !== undefined) decideBoard(layout, board);
  });
}

/** A whole tick besides I/O: rows of the query's answer as JSON in, rows, measurement and memory as text out. */
function tickMs(): { times: number[]; memoryBytes: number } {
  const slos = bigCatalogue(tickSlos);
  const ticks = createTicks(slos);
  const samples: number[] = [];
  let memoryBytes = 0;
  for (let minute = START; minute < START + rounds + TICK_WARM_UP; minute += 1) {
    const text = answerText(slos, minute === START ? minute : minute - 2, minute);
    const started = performance.now();
    memoryBytes = ticks.tick(minute, text).memoryBytes;
    samples.push(performance.now() - started);
  }
  return {
    times: samples.slice(TICK_WARM_UP),
    memoryBytes: memoryBytes / tickSlos,
  };
}

/** Bytes of one SLO's packed cells over 90 days, at a busy service's counts. */
function stateBytes(): number {
  const perCell = "api-availability:1z141z,2s,,\n".length;
  const cells = 12 * 60 + 4 * 288 + 95 * 24 + 90;
  return perCell * cells;
}

interface ReplayPerSecond {
  readonly replayEventsPerSecond: number;
  /** Routes have to be worked out of addresses only where an objective asks for them. */
  readonly replayWithRoutesPerSecond: number;
  /** From a zipped file, and what reading and unzipping it takes by itself. */
  readonly replayZippedPerSecond: number;
  readonly unzippedPerSecond: number;
}

/** A file of Logpush lines, streamed from disk as the command line does, counted into minutes. */
async function replayPerSecond(): Promise<ReplayPerSecond> {
  const folder = mkdtempSync(join(tmpdir(), "bench-slo-"));
  const file = join(folder, "trace.ndjson");
  try {
    const text = traceLines(lineCount).join("\n");
    writeFileSync(file, text);
    writeFileSync(`${file}.gz`, gzipSync(text));
    const [one, routed] = [bigCatalogue(1), routedCatalogue()];
    return {
      replayEventsPerSecond: await perSecond(() => count(one, file)),
      replayWithRoutesPerSecond: await perSecond(() => count(routed, file)),
      unzippedPerSecond: await perSecond(async () => {
        for await (const _ of bytesOf(`${file}.gz`));
      }),
      replayZippedPerSecond: await perSecond(() => count(one, `${file}.gz`)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function perSecond(run: () => Promise<void>): Promise<number> {
  // Once on cold code, then what counts: the median of a few, because each is short.
  await run();
  const seconds: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const started = performance.now();
    await run();
    seconds.push((performance.now() - started) / 1_000);
  }
  return Math.round(lineCount / percentile(seconds, 0.5));
}

async function count(slos: readonly Slo[], file: string): Promise<void> {
  const counter = createLogpushCounter(slos);
  for await (const piece of bytesOf(file)) counter.addBytes(piece);
  counter.end();
  counter.slices();
  if (counter.requests !== lineCount) throw new Error(`${counter.requests} of ${lineCount} lines were counted`);
}

function bytesOf(file: string): AsyncIterable<Buffer> {
  const stream = createReadStream(file, { highWaterMark: 1 << 20 });
  return file.endsWith(".gz") ? stream.pipe(createGunzip({ chunkSize: 1 << 18 })) : stream;
}

function times(count: number, run: () => void): number[] {
  for (let warm = 0; warm < DECISION_WARM_UP; warm += 1) run();
  return Array.from({ length: count }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
}

const decision = decisionMs();
const tick = tickMs();
const report = {
  machine: {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    node: process.version,
  },
  decision: {
    slos: sloCount,
    p50Ms: percentile(decision, 0.5),
    p95Ms: percentile(decision, 0.95),
  },
  tick: {
    slos: tickSlos,
    p50Ms: percentile(tick.times, 0.5),
    p95Ms: percentile(tick.times, 0.95),
    memoryBytesPerSlo: tick.memoryBytes,
  },
  tickInWorkerd: await ticksInWorkerd(tickSlos, Math.ceil(rounds / 2), 4),
  freeTickInWorkerd: await ticksInWorkerd(50, Math.ceil(rounds / 2), 40),
  // What is left when the first is taken from the second is the Worker's own work for 49 more SLOs.
  wholeEvaluator: [await wholeTicks(1, rounds), await wholeTicks(50, rounds)],
  stateKiBPerSlo: stateBytes() / 1_024,
  ...(await replayPerSecond()),
};
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, `${JSON.stringify(report, undefined, 2)}\n`);
console.log(JSON.stringify(report, undefined, 2));
