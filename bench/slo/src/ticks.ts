import {
  advance,
  measurementOfRows,
  packMemory,
  planTick,
  readableRows,
  unpackMemory,
  versionCounts,
} from "../../../packages/slo/src/index.ts";
import type { PackedRow, Slo } from "../../../packages/slo/src/index.ts";
import { readAnswer } from "../../../packages/telemetry/src/index.ts";

/** What the evaluator computes in a tick, over a store in memory: texts in, texts out. */
export function createTicks(slos: readonly Slo[]): {
  tick(minute: number, answer: string): { memoryBytes: number; told: number };
} {
  const shelf = new Map<string, PackedRow>();
  let memory: string | undefined;
  return {
    tick(minute, answer) {
      const read = readAnswer(answer);
      if (read.kind !== "rows") throw new Error(`the answer is ${read.kind}`);
      const rows = readableRows(read.rows);
      const kept = memory === undefined ? undefined : unpackMemory(slos, memory);
      const fromMinute = kept === undefined ? minute : minute - 2;
      const stretch = { revision: minute, fromMinute, toMinute: minute + 1 };
      const measurement = measurementOfRows(slos, rows, stretch, { versions: versionCounts(rows, kept?.minute) });
      JSON.stringify(measurement);
      const plan = planTick(kept, slos, fromMinute, minute);
      const stored = plan.keys.flatMap((key) => shelf.get(`${key.spanMinutes} ${key.startMinute}`) ?? []);
      const result = advance(
        kept,
        slos,
        measurement,
        plan.kind === "cells" ? { kind: "cells", rows: stored } : { kind: "history", rows: stored, slices: [] },
      );
      memory = packMemory(slos, result.memory);
      for (const row of result.rows) shelf.set(`${row.spanMinutes} ${row.startMinute}`, row);
      return { memoryBytes: memory.length, told: result.told.length };
    },
  };
}
