import type { Slice } from "../model/cell.ts";
import { bySlice } from "./roll-up.ts";

/** What one query saw of a stretch of minutes. A minute of the stretch without a slice was looked at and had no data. */
export interface Measurement {
  /** Grows with every measurement; the same number means the same measurement. */
  readonly revision: number;
  readonly fromMinute: number;
  /** Not included. */
  readonly toMinute: number;
  readonly slices: readonly Slice[];
}

/**
 * The minute slices that hold after all measurements: of each minute what the newest measurement of it saw, because rows arrive late.
 * The order of the list does not matter, nor does a measurement that comes twice.
 */
export function mergeMeasurements(measurements: readonly Measurement[]): Slice[] {
  const newest = new Map<number, Measurement>();
  for (const measurement of measurements) {
    for (let minute = measurement.fromMinute; minute < measurement.toMinute; minute += 1) {
      const known = newest.get(minute);
      if (known === undefined || measurement.revision > known.revision) newest.set(minute, measurement);
    }
  }
  const merged = new Map<string, Slice>();
  for (const measurement of measurements) {
    for (const slice of measurement.slices) {
      if (newest.get(slice.minute)?.revision === measurement.revision) merged.set(`${slice.minute} ${slice.sloName}`, slice);
    }
  }
  return [...merged.values()].sort(bySlice);
}
