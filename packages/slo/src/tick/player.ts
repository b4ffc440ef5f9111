import type { SloStatus } from "../engine/evaluate.ts";
import type { Slice } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { packCells, unpackCells } from "../store/pack.ts";
import { advance } from "./advance.ts";
import type { Advanced, StoredHistory } from "./advance.ts";
import { tickMeasurement } from "./measurement.ts";
import type { TickMeasurement } from "./measurement.ts";
import { packMemory, unpackMemory } from "./memory.ts";
import type { EngineMemory } from "./memory.ts";
import { historyRanges, planTick } from "./plan.ts";
import type { CellKey, PackedRow } from "./stored-cells.ts";

/**
 * The engine over a store in memory: what the evaluator does tick by tick, without a database. Tests of alert rules and replays run on
 * it, so what they show is what the evaluator decides.
 */
export class Player {
  readonly #slos: readonly Slo[];
  readonly #rows = new Map<string, PackedRow>();
  #memory: EngineMemory | undefined;

  constructor(slos: readonly Slo[]) {
    this.#slos = slos;
  }

  /** Lays cells in as if they had been measured before. Sorted or not; cells of one span do not overlap. */
  remember(slices: readonly Slice[]): void {
    const groups = new Map<string, { key: CellKey; slices: Slice[] }>();
    for (const slice of slices) {
      const span = spanOfSlice(slice);
      const key: CellKey = { spanMinutes: span, startMinute: slice.minute };
      const group = groups.get(idOf(key)) ?? { key, slices: [] };
      group.slices.push(slice);
      groups.set(idOf(key), group);
    }
    for (const [id, group] of groups) this.#rows.set(id, { ...group.key, cells: packCells(group.slices) });
  }

  /** One tick. @param memory another memory than the one kept, for tests of what a lost one changes */
  tick(measurement: TickMeasurement, memory: EngineMemory | undefined = this.#memory): Advanced {
    const nowMinute = measurement.toMinute - 1;
    const plan = planTick(memory, this.#slos, measurement.fromMinute, nowMinute);
    const rows = plan.keys.flatMap((key) => this.#rows.get(idOf(key)) ?? []);
    const stored: StoredHistory =
      plan.kind === "cells"
        ? { kind: "cells", rows }
        : { kind: "history", rows, slices: this.#history(memory?.minute, nowMinute) };
    const result = advance(memory, this.#slos, measurement, stored);
    for (const row of result.rows) this.#rows.set(idOf(row), row);
    // Through its text, as the evaluator keeps it.
    this.#memory = unpackMemory(this.#slos, packMemory(this.#slos, result.memory));
    return result;
  }

  /** Decides one minute from its slices alone; none means that it was not measured. */
  minute(minute: number, slices: readonly Slice[]): readonly SloStatus[] {
    return this.tick(tickMeasurement({ revision: minute, fromMinute: minute, toMinute: minute + 1, slices })).statuses();
  }

  get memory(): EngineMemory | undefined {
    return this.#memory;
  }

  /** All rows so far, by span and start. */
  rows(): readonly PackedRow[] {
    return [...this.#rows.values()].sort((a, b) => a.spanMinutes - b.spanMinutes || a.startMinute - b.startMinute);
  }

  #history(decidedMinute: number | undefined, nowMinute: number): Slice[] {
    return historyRanges(decidedMinute, nowMinute).flatMap(({ spanMinutes, fromMinute, beforeMinute }) =>
      [...this.#rows.values()]
        .filter((row) => row.spanMinutes === spanMinutes && row.startMinute >= fromMinute && row.startMinute < beforeMinute)
        .sort((a, b) => a.startMinute - b.startMinute)
        .flatMap((row) => {
          const read = unpackCells(row.cells, { minute: row.startMinute, spanMinutes });
          return read.kind === "slices" ? read.slices : [];
        }),
    );
  }
}

/** Error-free minutes up to `toMinute`, not included, in the tiers that the engine reads: hours, five minutes, minutes. */
export function quietHistory(sloNames: readonly string[], fromMinute: number, toMinute: number, perMinute: number): Slice[] {
  return historyRanges(undefined, toMinute - 1).flatMap((range) => {
    const from = Math.max(range.fromMinute, Math.ceil(fromMinute / range.spanMinutes) * range.spanMinutes);
    const start = Math.ceil(from / range.spanMinutes) * range.spanMinutes;
    const cells: Slice[] = [];
    for (let minute = start; minute < Math.min(range.beforeMinute, toMinute); minute += range.spanMinutes) {
      const count = perMinute * range.spanMinutes;
      const counts = { good: count, total: count, varGood: 0, varTotal: 0 };
      for (const sloName of sloNames)
        cells.push({ sloName, minute, spanMinutes: range.spanMinutes, measuredMinutes: range.spanMinutes, ...counts });
    }
    return cells;
  });
}

function spanOfSlice({ spanMinutes }: Slice): CellKey["spanMinutes"] {
  return spanMinutes === 5 || spanMinutes === 60 || spanMinutes === 1_440 ? spanMinutes : 1;
}

function idOf({ spanMinutes, startMinute }: CellKey): string {
  return `${spanMinutes} ${startMinute}`;
}
