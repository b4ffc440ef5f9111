import type { Cell } from "../model/cell.ts";
import { spanOf } from "../model/cell.ts";
import { emptySums, windowStart, withCell } from "./window.ts";
import type { WindowSums } from "./window.ts";

/** Minutes whose cells leave a window when it moves on: from `fromMinute` up to, not including, `beforeMinute`. */
export interface LeavingRange {
  readonly fromMinute: number;
  readonly beforeMinute: number;
}

/** What must be loaded, beside the entering cells, to move a window on to `toMinute`. Often empty: edges move by whole cells. */
export function leavingRange(window: WindowSums, windowMinutes: number, toMinute: number): LeavingRange {
  return { fromMinute: window.fromMinute, beforeMinute: Math.max(window.fromMinute, windowStart(windowMinutes, toMinute)) };
}

/**
 * Moves a window on to `toMinute`: adds the cells that enter and takes out those that leave, so that a tick reads a few cells instead
 * of the whole window. Gives what `sumWindows` gives over all cells.
 * @param cells minutes after `window.toMinute` up to `toMinute`, and the cells of the leaving range in the window's tier or finer, each
 * once; others are passed over.
 */
export function rollWindow(window: WindowSums, windowMinutes: number, toMinute: number, cells: readonly Cell[]): WindowSums {
  return rollFrom(window, windowStart(windowMinutes, toMinute), toMinute, cells);
}

/** The same for a window that is to begin at `start`: a calendar window begins anew with its period. */
export function rollFrom(window: WindowSums, start: number, toMinute: number, cells: readonly Cell[]): WindowSums {
  const { fromMinute } = window;
  const beforeMinute = Math.max(fromMinute, start);
  // After a gap longer than the window nothing of it is left, and nothing has to be taken out.
  const isAllGone = beforeMinute > window.toMinute;
  let rolled: WindowSums = { ...(isAllGone ? emptySums(beforeMinute, toMinute) : window), fromMinute: beforeMinute, toMinute };
  for (const cell of cells) {
    const end = cell.minute + spanOf(cell);
    const isEntering = cell.minute > window.toMinute && cell.minute >= beforeMinute && end - 1 <= toMinute;
    const isLeaving = !isAllGone && cell.minute >= fromMinute && end <= beforeMinute;
    if (isEntering) rolled = withCell(rolled, cell, 1);
    else if (isLeaving) rolled = withCell(rolled, cell, -1);
  }
  return rolled;
}

/** A window after late rows changed one of its cells; undefined stands for "was not measured". */
export function replaceCell(window: WindowSums, before: Cell | undefined, after: Cell | undefined): WindowSums {
  const without = before === undefined ? window : withCell(window, before, -1);
  return after === undefined ? without : withCell(without, after, 1);
}
