import { READABLE_VERSIONS } from "@monotask/telemetry";
import type { Row } from "@monotask/telemetry";
import type { Slice } from "../model/cell.ts";
import { excludedRanges } from "../model/exclusion.ts";
import type { Slo } from "../model/slo.ts";
import { layoutOf } from "../engine/layout.ts";
import { countRow } from "./count-row.ts";
import type { CellCounts } from "../store/counts.ts";
import { matcherOf } from "./match.ts";
import type { Matches } from "./match.ts";
import { addTo, measure, MinuteCounts } from "./minute-counts.ts";
import { readRow, textOf, countOf } from "./row.ts";
import type { MeasuredRow } from "./row.ts";
import { thresholdsOfKinds } from "./query.ts";
import { toTimeslices } from "./timeslices.ts";

/** Points that this version cannot read. */
export interface UnknownVersion {
  readonly version: string;
  readonly events: number;
}

export interface SliceOptions {
  /** Minutes in which an SLO is known to have been measured by other means: without rows they count as idle. */
  readonly provedMinutes?: readonly { readonly sloName: string; readonly minute: number }[];
}

/**
 * Sums the rows of `measurementQuery` into one slice per SLO and minute. Good events are a subset of the rows that make the total, so good
 * never exceeds total. A minute in which the SLO's workers sent anything is measured, even if none of it passes the filter; a minute
 * without rows gets no slice: it was not measured. Excluded minutes hold no events (occurrences) or are good (time slices). The order of
 * the rows does not matter.
 */
export function slicesFromRows(slos: readonly Slo[], rows: readonly Row[], options: SliceOptions = {}): Slice[] {
  return slicesOfRows(slos, readableRows(rows), options);
}

/** The same from rows that have been read. */
export function slicesOfRows(slos: readonly Slo[], known: readonly MeasuredRow[], options: SliceOptions = {}): Slice[] {
  const { byName } = layoutOf(slos);
  const counts = countRows(slos, known, options);
  return counts.minutes().flatMap((minute) => Array.from(byName).flatMap((index) => counts.sliceAt(index, minute) ?? []));
}

/** The same as they are stored, without a slice for any. */
export function countRows(slos: readonly Slo[], known: readonly MeasuredRow[], options: SliceOptions = {}): MinuteCounts {
  const layout = layoutOf(slos);
  const matcher = matcherOf(slos);
  const thresholds = thresholdsOfKinds(slos);
  const counts = new MinuteCounts(layout);
  for (const row of known) countInto(counts.at(row.minute), slos, row, matcher.slosOf(row), thresholds);
  for (const { sloName, minute } of options.provedMinutes ?? []) {
    const index = layout.indexOf.get(sloName);
    if (index !== undefined) measure(counts.at(minute), index);
  }
  slos.forEach((slo, index) => {
    if (slo.method.kind !== "timeslices" && slo.exclusions.length === 0) return;
    for (const slice of finished(slo, counts.slicesOf(index))) counts.replace(index, slice);
  });
  return counts;
}

function countInto(
  cells: CellCounts,
  slos: readonly Slo[],
  row: MeasuredRow,
  { alive, counted }: Matches,
  thresholds: ReturnType<typeof thresholdsOfKinds>,
): void {
  for (const index of alive) measure(cells, index);
  for (const index of counted) {
    const slo = slos[index];
    const own = slo && countRow(slo, row, thresholds[slo.indicator.kind]);
    if (own !== undefined) addTo(cells, index, own);
  }
}

/** Schema versions among the rows that this version cannot read, with the events they stand for. They are in no slice: report them. */
export function unknownVersions(rows: readonly Row[]): UnknownVersion[] {
  const events = new Map<string, number>();
  for (const row of rows) {
    const version = textOf(row["schemaVersion"]);
    if (!isKnownVersion(version)) events.set(version, (events.get(version) ?? 0) + countOf(row["events"]));
  }
  return [...events].map(([version, count]) => ({ version, events: count })).sort((a, b) => (a.version < b.version ? -1 : 1));
}

/** Rows that this version can read. */
export function readableRows(rows: readonly Row[]): MeasuredRow[] {
  return rows.filter((row) => isKnownVersion(textOf(row["schemaVersion"]))).map(readRow);
}

function finished(slo: Slo, slices: readonly Slice[]): readonly Slice[] {
  const verdicts = slo.method.kind === "timeslices" ? toTimeslices(slices, slo.method) : slices;
  if (slo.exclusions.length === 0 || verdicts.length === 0) return verdicts;
  const minutes = verdicts.map((slice) => slice.minute);
  const ranges = excludedRanges(slo.exclusions, Math.min(...minutes), Math.max(...minutes) + 1);
  return verdicts.map((slice) =>
    ranges.some((range) => slice.minute >= range.fromMinute && slice.minute < range.toMinute) ? excluded(slo, slice) : slice,
  );
}

/** Events of an excluded minute are left out; an excluded time slice counts as good. Both stay measured. */
function excluded(slo: Slo, slice: Slice): Slice {
  const count = slo.method.kind === "timeslices" ? 1 : 0;
  return { sloName: slice.sloName, minute: slice.minute, good: count, total: count, varGood: 0, varTotal: 0 };
}

const READABLE = new Set(READABLE_VERSIONS.map(String));

function isKnownVersion(version: string): boolean {
  return READABLE.has(version);
}
