// node bench/slo/run.ts [--rounds 30] [--slos 10000] [--tick-slos 1000] [--lines 300000]
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { bigCatalogue, measurementRows, traceLines } from "./src/inputs.ts";
import { percentile } from "./src/percentile.ts";
import {
  advance,
  createLogpushCounter,
  evaluateWindows,
  packMemory,
  planTick,
  readableRows,
  slicesFromRows,
  unpackMemory,
  versionCounts,
  windowLengths,
} from "../../packages/slo/src/index.ts";
import type { EngineMemory, PackedRow, WindowSums } from "../../packages/slo/src/index.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "30" },
    slos: { type: "string", default: "10000" },
    "tick-slos": { type: "string", default: "1000" },
    lines: { type: "string", default: "300000" },
    out: { type: "string", default: join(import.meta.dirname, "../results/slo.json") },
  },
});
const [rounds, sloCount, tickSlos, lineCount] = [values.rounds, values.slos, values["tick-slos"], values.lines].map(Number) as [
  number,
  number,
  number,
  number,
];

const START = 29_000_040;

/** The decision alone: windows in, verdicts, budgets, sentences and alerts out. */
function decisionMs(): number[] {
  const slos = bigCatalogue(sloCount);
  const sums = slos.map((slo, index) => {
    const entries = windowLengths(slo).map((length): [number, WindowSums] => {
      const total = length * 1_000;
      const bad = Math.floor((total * (index % 20)) / 10_000);
      const window = { fromMinute: START - length + 1, toMinute: START, varGood: 0, varTotal: 0, measuredMinutes: length };
      return [length, { ...window, total, good: total - bad }];
    });
    return new Map(entries);
  });
  return times(rounds, () => {
    slos.forEach((slo, index) => {
      const own = sums[index];
      if (own === undefined) return;
      evaluateWindows(slo, own, { nowMinute: START, firstMinute: START - 50_000, lastMinute: START });
    });
  });
}

/** A whole tick besides I/O: rows of the query's answer as JSON in, rows and memory as text out. */
function tickMs(): { times: number[]; memoryBytes: number } {
  const slos = bigCatalogue(tickSlos);
  const shelf = new Map<string, PackedRow>();
  let memory: string | undefined;
  const samples: number[] = [];
  for (let minute = START; minute < START + rounds; minute += 1) {
    const fromMinute = memory === undefined ? minute : minute - 2;
    const text = JSON.stringify(measurementRows(slos, fromMinute, minute));
    const started = performance.now();
    const rows = JSON.parse(text) as ReturnType<typeof measurementRows>;
    const slices = slicesFromRows(slos, rows);
    const measurement = {
      revision: minute,
      fromMinute,
      toMinute: minute + 1,
      slices,
      versions: versionCounts(readableRows(rows)),
    };
    const kept: EngineMemory | undefined = memory === undefined ? undefined : unpackMemory(memory);
    const plan = planTick(kept, slos, fromMinute, minute);
    const stored = plan.keys.flatMap((key) => shelf.get(`${key.spanMinutes} ${key.startMinute}`) ?? []);
    const result = advance(
      kept,
      slos,
      measurement,
      plan.kind === "cells" ? { kind: "cells", rows: stored } : { kind: "history", rows: stored, slices: [] },
    );
    memory = packMemory(result.memory);
    samples.push(performance.now() - started);
    for (const row of result.rows) shelf.set(`${row.spanMinutes} ${row.startMinute}`, row);
  }
  return { times: samples.slice(Math.floor(rounds / 3)), memoryBytes: (memory?.length ?? 0) / tickSlos };
}

/** Bytes of one SLO's packed cells over 90 days, at a busy service's counts. */
function stateBytes(): number {
  const perCell = "api-availability:1z141z,2s,,\n".length;
  const cells = 12 * 60 + 4 * 288 + 95 * 24 + 90;
  return perCell * cells;
}

function replayPerSecond(): number {
  const slos = bigCatalogue(1);
  const lines = traceLines(lineCount);
  const counter = createLogpushCounter(slos);
  const started = performance.now();
  for (const line of lines) counter.add(line);
  counter.slices();
  return lines.length / ((performance.now() - started) / 1_000);
}

function times(count: number, run: () => void): number[] {
  for (let warm = 0; warm < Math.ceil(count / 3); warm += 1) run();
  return Array.from({ length: count }, () => {
    const started = performance.now();
    run();
    return performance.now() - started;
  });
}

const decision = decisionMs();
const tick = tickMs();
const report = {
  machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version },
  decision: { slos: sloCount, p50Ms: percentile(decision, 0.5), p95Ms: percentile(decision, 0.95) },
  tick: {
    slos: tickSlos,
    p50Ms: percentile(tick.times, 0.5),
    p95Ms: percentile(tick.times, 0.95),
    memoryBytesPerSlo: tick.memoryBytes,
  },
  stateKiBPerSlo: stateBytes() / 1_024,
  replayEventsPerSecond: Math.round(replayPerSecond()),
};
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, `${JSON.stringify(report, undefined, 2)}\n`);
console.log(JSON.stringify(report, undefined, 2));
