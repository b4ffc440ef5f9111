/** Weighted counts of events; never a ratio, because ratios cannot be added. All are non-negative integers. */
export interface Counts {
  readonly good: number;
  /** Never below `good`. */
  readonly total: number;
  /** Estimated variance of `good` from sampling, Σw(w−1); 0 where nothing was sampled away. */
  readonly varGood: number;
  readonly varTotal: number;
}

/**
 * The counts of one SLO over a stretch of time. A minute that was measured and had no traffic is a cell of zeros; a minute that was
 * not measured has no cell.
 */
export interface Cell extends Counts {
  /** First minute, counted from the epoch: ⌊ms / 60 000⌋. A multiple of `spanMinutes`. */
  readonly minute: number;
  /** Minutes the cell stands for; 1 when left out. */
  readonly spanMinutes?: number;
  /** Minutes of the span that were measured; the whole span when left out. */
  readonly measuredMinutes?: number;
}

/** A cell with the SLO it belongs to. */
export interface Slice extends Cell {
  readonly sloName: string;
}

export const MINUTE_MS = 60_000;

/** The minute that holds a moment. */
export function minuteOf(epochMs: number): number {
  return Math.floor(epochMs / MINUTE_MS);
}

/**
 * The newest minute whose data is complete: closed, and older than the ingestion lag. Windows end here, never at "now", where the
 * newest requests have not arrived yet.
 * @param lagMs how long a written point may take to be readable; Analytics Engine needs about a minute.
 */
export function watermarkMinute(nowMs: number, lagMs: number = MINUTE_MS): number {
  return minuteOf(nowMs - lagMs) - 1;
}

/** Minutes a cell stands for. */
export function spanOf(cell: Cell): number {
  return cell.spanMinutes ?? 1;
}

/** Minutes of a cell that were measured. */
export function measuredMinutesOf(cell: Cell): number {
  return cell.measuredMinutes ?? spanOf(cell);
}
