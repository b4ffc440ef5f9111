import { layoutOf } from "../engine/layout.ts";
import type { MeasuredRow } from "../measure/row.ts";
import { countRows } from "../measure/slices.ts";
import type { SliceOptions } from "../measure/slices.ts";
import type { Slice } from "../model/cell.ts";
import type { Slo } from "../model/slo.ts";
import { packCounts, PACK_VERSION } from "../store/counts.ts";
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

/** Packs the rows of the query's answer, which have been read, as `tickMeasurement` would pack their slices. */
export function measurementOfRows(
  slos: readonly Slo[],
  rows: readonly MeasuredRow[],
  stretch: Omit<Measurement, "slices">,
  options: SliceOptions & { readonly versions?: readonly VersionCount[] } = {},
): TickMeasurement {
  const layout = layoutOf(slos);
  const counts = countRows(slos, rows, options);
  const packed = counts
    .minutes()
    .map((startMinute): PackedRow => ({ spanMinutes: 1, startMinute, cells: packCounts(layout, counts.at(startMinute), 1) }));
  return { ...stretch, rows: packed.filter(({ cells }) => cells !== PACK_VERSION), versions: options.versions ?? [] };
}

/** The slices of a measurement, by minute and name. */
export function slicesOf({ rows }: TickMeasurement): Slice[] {
  return rows.flatMap(({ startMinute, cells }) => {
    const read = unpackCells(cells, { minute: startMinute, spanMinutes: 1 });
    return read.kind === "slices" ? read.slices : [];
  });
}
