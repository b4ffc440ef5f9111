import type { SloAlertId } from "../model/slo.ts";
import type { AlertMemory } from "./decide.ts";
import { evaluateWindows } from "./evaluate.ts";
import type { SloStatus } from "./evaluate.ts";
import type { Layout } from "./layout.ts";
import type { WindowSums } from "./window.ts";

/** Stands for "no minute". */
export const NEVER = -1;

/**
 * How all SLOs stand at the end of one minute, as flat arrays in the places of a layout: a tick moves and judges thousands of windows
 * without making an object of any.
 */
export interface Board {
  /** The newest minute that counts. */
  readonly minute: number;
  /** Per window: its first minute and its sums. */
  readonly from: Int32Array;
  readonly total: Float64Array;
  readonly bad: Float64Array;
  readonly varTotal: Float64Array;
  readonly varBad: Float64Array;
  readonly measured: Float64Array;
  /** Per SLO: the minute of its first data ever, and the newest that was measured; `NEVER` where there is none. */
  readonly firstMinute: Int32Array;
  readonly lastMinute: Int32Array;
  /** Per alert: 1 while it fires, and since when it has been firing, or not; `NEVER` for one that was not judged yet. */
  readonly firing: Uint8Array;
  readonly since: Int32Array;
}

/** A board on which nothing was measured; the windows' first minutes are the caller's to set. */
export function emptyBoard(layout: Layout, minute: number): Board {
  const windows = layout.windowKey.length;
  const slos = layout.slos.length;
  return {
    minute,
    from: new Int32Array(windows).fill(minute + 1),
    total: new Float64Array(windows),
    bad: new Float64Array(windows),
    varTotal: new Float64Array(windows),
    varBad: new Float64Array(windows),
    measured: new Float64Array(windows),
    firstMinute: new Int32Array(slos).fill(NEVER),
    lastMinute: new Int32Array(slos).fill(NEVER),
    firing: new Uint8Array(layout.alertIds.length),
    since: new Int32Array(layout.alertIds.length).fill(NEVER),
  };
}

/** The same figures in arrays of their own, at another minute. */
export function copyBoard(board: Board, minute: number): Board {
  return {
    minute,
    from: board.from.slice(),
    total: board.total.slice(),
    bad: board.bad.slice(),
    varTotal: board.varTotal.slice(),
    varBad: board.varBad.slice(),
    measured: board.measured.slice(),
    firstMinute: board.firstMinute.slice(),
    lastMinute: board.lastMinute.slice(),
    firing: board.firing.slice(),
    since: board.since.slice(),
  };
}

/** One window as the object that sentences and guards are made from. */
export function windowAt(board: Board, window: number): WindowSums {
  const [total, varTotal] = [board.total[window] ?? 0, board.varTotal[window] ?? 0];
  return {
    fromMinute: board.from[window] ?? 0,
    toMinute: board.minute,
    total,
    good: total - (board.bad[window] ?? 0),
    varTotal,
    varGood: varTotal - (board.varBad[window] ?? 0),
    measuredMinutes: board.measured[window] ?? 0,
  };
}

export function setWindow(board: Board, window: number, sums: WindowSums): void {
  board.from[window] = sums.fromMinute;
  board.total[window] = sums.total;
  board.bad[window] = sums.total - sums.good;
  board.varTotal[window] = sums.varTotal;
  board.varBad[window] = sums.varTotal - sums.varGood;
  board.measured[window] = sums.measuredMinutes;
}

/** The alerts of one SLO that have been judged. */
export function alertsAt({ alertsFrom, alertIds }: Layout, board: Board, slo: number): AlertMemory[] {
  const memories: AlertMemory[] = [];
  for (let alert = alertsFrom[slo] ?? 0; alert < (alertsFrom[slo + 1] ?? 0); alert += 1) {
    const sinceMinute = board.since[alert] ?? NEVER;
    const rule: SloAlertId | undefined = alertIds[alert];
    if (rule !== undefined && sinceMinute !== NEVER) memories.push({ rule, isFiring: board.firing[alert] === 1, sinceMinute });
  }
  return memories;
}

/** The whole status of one SLO, with its sentences. @param previous its alerts the minute before */
export function statusAt(layout: Layout, board: Board, index: number, previous: readonly AlertMemory[]): SloStatus | undefined {
  const slo = layout.slos[index];
  if (slo === undefined) return undefined;
  const sums = new Map<number, WindowSums>();
  for (let window = layout.windowsFrom[index] ?? 0; window < (layout.windowsFrom[index + 1] ?? 0); window += 1)
    sums.set(layout.windowKey[window] ?? 0, windowAt(board, window));
  return evaluateWindows(slo, sums, {
    nowMinute: board.minute,
    firstMinute: minuteOr(board.firstMinute[index]),
    lastMinute: minuteOr(board.lastMinute[index]),
    previous,
  });
}

function minuteOr(minute: number | undefined): number | undefined {
  return minute === NEVER ? undefined : minute;
}
