import { alertsAt, statusAt } from "../engine/board.ts";
import { decideBoard } from "../engine/decide-board.ts";
import type { SloStatus } from "../engine/evaluate.ts";
import { layoutOf } from "../engine/layout.ts";
import type { TierSpan } from "../engine/window.ts";
import type { Slice } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { PACK_VERSION } from "../store/counts.ts";
import type { CellCounts } from "../store/counts.ts";
import { forgottenMemory } from "./memory.ts";
import type { EngineMemory } from "./memory.ts";
import { slicesOf } from "./measurement.ts";
import type { TickMeasurement } from "./measurement.ts";
import { moveWindows, noteMinutes, sumWindowsAnew } from "./move-board.ts";
import { finerThan } from "./plan.ts";
import { CellBook } from "./stored-cells.ts";
import type { PackedRow } from "./stored-cells.ts";
import { keepVersions } from "./versions.ts";

/** What of the store a tick was given: the rows of its plan, or all slices of the longest window. */
export type StoredHistory =
  | { readonly kind: "cells"; readonly rows: readonly PackedRow[] }
  /** Sorted, without overlaps: hours, then five minutes, then minutes. `rows` as for a plan. */
  | { readonly kind: "history"; readonly slices: readonly Slice[]; readonly rows: readonly PackedRow[] };

/** A tick's result. The same input gives the same result, bit by bit. */
export interface Advanced {
  readonly memory: EngineMemory;
  /** SLOs of which an alert fires, or fired the minute before: all that there is to tell of. */
  readonly told: readonly SloStatus[];
  /** Every SLO with its sentences, worked out when asked. */
  readonly statuses: () => readonly SloStatus[];
  /** Rows to store; rows that did not change are not among them. */
  readonly rows: readonly PackedRow[];
}

const COARSE: readonly TierSpan[] = [5, 60, 1_440];

/**
 * One tick: takes a measurement in, moves every window on to its newest minute and judges every SLO there. Minutes that were measured
 * before are replaced, minutes that were missed come in late; only the newest minute is decided.
 */
export function advance(
  memory: EngineMemory | undefined,
  slos: readonly Slo[],
  measurement: TickMeasurement,
  stored: StoredHistory,
): Advanced {
  const layout = layoutOf(slos);
  const { fromMinute } = measurement;
  const nowMinute = measurement.toMinute - 1;
  const book = new CellBook(layout, stored.rows);
  const before = new Map<number, CellCounts | undefined>();
  const measured = new Map(measurement.rows.map((row) => [row.startMinute, row.cells]));
  const changed: number[] = [];
  for (let minute = fromMinute; minute <= nowMinute; minute += 1) {
    const key = { spanMinutes: 1, startMinute: minute } as const;
    // Only what was decided on before has to be taken out again.
    if (memory !== undefined && minute <= memory.minute) before.set(minute, book.at(key));
    if (book.put(key, measured.get(minute) ?? NO_CELLS)) changed.push(minute);
  }
  for (const span of COARSE) closeCells(book, span, changed, memory?.minute, nowMinute);
  const known = memory ?? forgottenMemory(slos, nowMinute);
  const earlier = stored.kind === "history" ? bySlo(stored.slices.filter((slice) => slice.minute < fromMinute)) : NO_SLICES;
  const board =
    stored.kind === "history"
      ? sumWindowsAnew(layout, known.board, { stored: earlier, measured: bySlo(slicesOf(measurement)) }, nowMinute)
      : moveWindows(layout, known.board, { book, before, changed, nowMinute });
  noteMinutes(layout, board, book, { fromMinute, earlier });
  const told = decideBoard(layout, board);
  const statusOf = (index: number): SloStatus[] => {
    const status = statusAt(layout, board, index, alertsAt(layout, known.board, index));
    return status === undefined ? [] : [status];
  };
  return {
    memory: {
      minute: nowMinute,
      board,
      isWhole: true,
      versions: keepVersions(memory?.versions ?? [], measurement.versions, memory?.minute, nowMinute),
    },
    told: told.flatMap(statusOf),
    statuses: () => slos.flatMap((_, index) => statusOf(index)),
    rows: book.written(),
  };
}

/** How every SLO of a memory stands, with its sentences: what people read between two ticks. */
export function statusesOf(slos: readonly Slo[], { board }: EngineMemory): SloStatus[] {
  const layout = layoutOf(slos);
  return slos.flatMap((_, index) => statusAt(layout, board, index, alertsAt(layout, board, index)) ?? []);
}

/** The row of a minute without data. */
const NO_CELLS = PACK_VERSION;
const NO_SLICES: ReadonlyMap<string, readonly Slice[]> = new Map();

/** Sums the finer rows of every cell that closed since the last tick, or that late rows changed after it had closed. */
function closeCells(
  book: CellBook,
  span: TierSpan,
  changed: readonly number[],
  decidedMinute: number | undefined,
  nowMinute: number,
): void {
  const starts = new Set(changed.map((minute) => Math.floor(minute / span) * span));
  // A cell closes although its own last minutes were not measured.
  if (decidedMinute !== undefined) starts.add(Math.floor(decidedMinute / span) * span);
  for (const start of starts)
    if (start + span - 1 <= nowMinute) book.putSum({ spanMinutes: span, startMinute: start }, finerThan(span));
}

function bySlo(slices: readonly Slice[]): Map<string, Slice[]> {
  const groups = new Map<string, Slice[]>();
  for (const slice of slices) {
    const known = groups.get(slice.sloName);
    if (known === undefined) groups.set(slice.sloName, [slice]);
    else known.push(slice);
  }
  return groups;
}
