import { startOfLength } from "../engine/evaluate.ts";
import { layoutOf } from "../engine/layout.ts";
import type { TierSpan } from "../engine/window.ts";
import type { Slo } from "../model/slo.ts";
import type { EngineMemory } from "./memory.ts";
import type { CellKey } from "./stored-cells.ts";

/** What a tick has to read of the store beside its memory. */
export interface TickPlan {
  /** history: nothing is remembered of a window that an SLO needs, so sums are made from all stored slices. */
  readonly kind: "cells" | "history";
  readonly keys: readonly CellKey[];
}

/** Cells that leave one window in one tick; after a gap that long a rebuild reads less. */
const MOST_LEAVING = 400;
const COARSE: readonly TierSpan[] = [5, 60, 1_440];

/**
 * The stored rows that a tick needs: those measured again, those that leave a window, and those that closed coarser cells are summed from.
 * @param fromMinute first minute of the measurement
 */
export function planTick(
  memory: EngineMemory | undefined,
  slos: readonly Slo[],
  fromMinute: number,
  nowMinute: number,
): TickPlan {
  const keys = new Map<string, CellKey>();
  const need = (spanMinutes: TierSpan, from: number, before: number): void => {
    for (let start = Math.floor(from / spanMinutes) * spanMinutes; start < before; start += spanMinutes)
      keys.set(`${spanMinutes} ${start}`, { spanMinutes, startMinute: start });
  };
  need(1, fromMinute, nowMinute + 1);
  const touched = memory === undefined ? [fromMinute] : [memory.minute, fromMinute];
  for (const span of COARSE) {
    for (const minute of touched) {
      const start = Math.floor(minute / span) * span;
      const until = minute === fromMinute ? nowMinute + 1 : start + span;
      // Cells that are still open are not written, and nothing is read for them.
      const openFrom = Math.min(until, Math.floor((nowMinute + 1) / span) * span);
      if (start >= openFrom) continue;
      need(finerThan(span), start, openFrom);
      need(span, start, openFrom);
    }
  }
  if (memory === undefined || !memory.isWhole) return { kind: "history", keys: [...keys.values()] };
  const { board } = memory;
  const layout = layoutOf(slos);
  const starts = layout.groups.map(({ key, of }) => startOfLength(of, key, nowMinute));
  // Windows of a group nearly all begin at one minute: what was asked for once is not asked for again.
  const asked = layout.groups.map(() => Number.NaN);
  for (let window = 0; window < layout.windowKey.length; window += 1) {
    const group = layout.groupOf[window] ?? 0;
    const from = board.from[window] ?? 0;
    if (asked[group] === from) continue;
    asked[group] = from;
    const [start = 0, spanMinutes = 1] = [starts[group], layout.groups[group]?.spanMinutes];
    if (start > memory.minute) continue;
    if (start - from > MOST_LEAVING * spanMinutes) return { kind: "history", keys: [...keys.values()] };
    need(spanMinutes, from, start);
  }
  return { kind: "cells", keys: [...keys.values()] };
}

/** The tier that cells of a span are summed from. */
export function finerThan(span: TierSpan): TierSpan {
  return span === 1_440 ? 60 : span === 60 ? 5 : 1;
}

/** One grain of the history and the stretch it is read for. */
export interface HistoryRange {
  readonly spanMinutes: TierSpan;
  readonly fromMinute: number;
  readonly beforeMinute: number;
}

/** Days that hours are kept: a quarter has at most 92. */
const HOURS_READ = 93 * 1_440;
/** Windows up to 6 h are summed from minutes, those up to 3 d from five minutes, each with some to spare. */
const MINUTES_READ = 400;
const FIVES_READ = 3 * 1_440 + 60;

/**
 * Where the whole history up to `nowMinute` is read from, without overlaps. Minutes reach back to the last decision at least: its coarser
 * cells are closed by the tick that reads this.
 */
export function historyRanges(decidedMinute: number | undefined, nowMinute: number): readonly HistoryRange[] {
  const minutesFrom = Math.floor(Math.min(nowMinute - MINUTES_READ, (decidedMinute ?? nowMinute) - 10) / 60) * 60;
  const fivesFrom = Math.min(Math.floor((nowMinute - FIVES_READ) / 60) * 60, minutesFrom);
  return [
    { spanMinutes: 60, fromMinute: nowMinute - HOURS_READ, beforeMinute: fivesFrom },
    { spanMinutes: 5, fromMinute: fivesFrom, beforeMinute: minutesFrom },
    { spanMinutes: 1, fromMinute: minutesFrom, beforeMinute: nowMinute + 1 },
  ];
}
