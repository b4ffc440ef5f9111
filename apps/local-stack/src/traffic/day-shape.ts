/** How busy a moment is, 1 being the mean. */
export type DayShape = (nowMs: number) => number;

/** Every moment alike. */
export const FLAT: DayShape = () => 1;

/**
 * A working day, squeezed into `dayMs`: quiet at night, busiest in the early afternoon. Its mean over a day is 1 and its peak is 1 + swing.
 * @param swing 0 (flat) to 1 (nobody at night)
 */
export function workingDay(dayMs: number, swing = 0.6): DayShape {
  return (nowMs) => 1 - swing * Math.cos((2 * Math.PI * (nowMs - BUSIEST_SHARE * dayMs)) / dayMs + Math.PI);
}

/** 14:00 is the busiest hour. */
const BUSIEST_SHARE = 14 / 24;
