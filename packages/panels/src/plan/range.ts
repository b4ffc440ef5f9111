/** A stretch of time in equal steps; both ends lie on a step. Epoch milliseconds, `toMs` is not included. */
export interface StepRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepSeconds: number;
}

/** Step lengths in seconds, each dividing the next day evenly so that steps of any range begin at the same moments. */
const STEPS_SECONDS: readonly number[] = [60, 300, 600, 1_800, 3_600, 14_400, 43_200, 86_400];
/** More points than this cannot be told apart on a chart of usual width. */
const MOST_STEPS = 180;
/** Live panels reach this far back; older ranges are read from daily aggregates. */
export const LIVE_DAYS = 30;
/** Points become readable about a minute after they were written (Analytics Engine); a step is closed when they all are. */
export const SETTLE_MS = 120_000;

/** The range in the finest steps that give at most 180 of them, widened to whole steps. */
export function stepRange(fromMs: number, toMs: number): StepRange {
  const lengthSeconds = Math.max(1, (toMs - fromMs) / 1_000);
  const stepSeconds = STEPS_SECONDS.find((step) => lengthSeconds / step <= MOST_STEPS) ?? 86_400;
  const stepMs = stepSeconds * 1_000;
  return { fromMs: Math.floor(fromMs / stepMs) * stepMs, toMs: Math.ceil(toMs / stepMs) * stepMs, stepSeconds };
}

/** Start of the first step that may still get points. */
export function openFromMs(range: StepRange, nowMs: number): number {
  const stepMs = range.stepSeconds * 1_000;
  return Math.min(range.toMs, Math.max(range.fromMs, Math.floor((nowMs - SETTLE_MS) / stepMs) * stepMs));
}

/** Starts of all steps, in epoch seconds. */
export function stepsOf({ fromMs, toMs, stepSeconds }: StepRange): number[] {
  const count = Math.round((toMs - fromMs) / 1_000 / stepSeconds);
  return Array.from({ length: count }, (_, at) => fromMs / 1_000 + at * stepSeconds);
}
