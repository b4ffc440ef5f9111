import type { Slice } from "../model/cell.ts";
import type { Measurement } from "../store/merge.ts";
import { packCells, unpackCells } from "../store/pack.ts";
import type { PackedRow } from "./stored-cells.ts";
import type { VersionCount } from "./versions.ts";

/** What one query saw, packed as it is stored, with the requests by version. A minute of the stretch without a row had no data. */
export interface TickMeasurement extends Omit<Measurement, "slices"> {
  /** Rows of one minute, in order. */
  readonly rows: readonly PackedRow[];
  readonly versions: readonly VersionCount[];
}

/** Packs what was measured. */
export function tickMeasurement({ slices, ...stretch }: Measurement, versions: readonly VersionCount[] = []): TickMeasurement {
  const minutes = new Map<number, Slice[]>();
  for (const slice of slices) {
    const known = minutes.get(slice.minute);
    if (known === undefined) minutes.set(slice.minute, [slice]);
    else known.push(slice);
  }
  const rows = [...minutes].map(([startMinute, own]): PackedRow => ({ spanMinutes: 1, startMinute, cells: packCells(own) }));
  return { ...stretch, rows: rows.sort((a, b) => a.startMinute - b.startMinute), versions };
}

/** The slices of a measurement, by minute and name. */
export function slicesOf({ rows }: TickMeasurement): Slice[] {
  return rows.flatMap(({ startMinute, cells }) => {
    const read = unpackCells(cells, { minute: startMinute, spanMinutes: 1 });
    return read.kind === "slices" ? read.slices : [];
  });
}
