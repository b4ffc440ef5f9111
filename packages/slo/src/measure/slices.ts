import { READABLE_VERSIONS } from "@monotask/telemetry";
import type { Row } from "@monotask/telemetry";
import type { Counts, Slice } from "../model/cell.ts";
import { excludedRanges } from "../model/exclusion.ts";
import { INDICATOR_KINDS } from "../model/slo.ts";
import type { Slo } from "../model/slo.ts";
import { layoutOf } from "../engine/layout.ts";
import { countRow } from "./count-row.ts";
import { matcherOf } from "./match.ts";
import { readRow, textOf, countOf } from "./row.ts";
import type { MeasuredRow } from "./row.ts";
import { thresholdsOf } from "./query.ts";
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
  const matcher = matcherOf(slos);
  const thresholds = new Map(INDICATOR_KINDS.map((kind) => [kind, thresholdsOf(slos, kind)]));
  const proved = options.provedMinutes ?? [];
  const sums = new Sums(
    slos.length,
    [...known, ...proved].map(({ minute }) => minute),
  );
  for (const row of known) {
    const { alive, counted } = matcher.slosOf(row);
    const column = sums.columnOf(row.minute);
    for (const index of alive) sums.measure(index, column);
    for (const index of counted) {
      const slo = slos[index];
      const counts = slo && countRow(slo, row, thresholds.get(slo.indicator.kind) ?? []);
      if (counts !== undefined) sums.add(index, column, counts);
    }
  }
  const { indexOf, byName } = layoutOf(slos);
  for (const { sloName, minute } of proved) {
    const index = indexOf.get(sloName);
    if (index !== undefined) sums.measure(index, sums.columnOf(minute));
  }
  const bySlo = slos.map((slo, index) => finished(slo, sums.slicesOf(index, slo.name)));
  // By minute, then by name: names are put in order once, not slice by slice.
  const byMinute: Slice[][] = sums.minutes.map(() => []);
  for (const index of byName) for (const slice of bySlo[index] ?? []) byMinute[sums.columnOf(slice.minute)]?.push(slice);
  return byMinute.flat();
}

/** Schema versions among the rows that this version cannot read, with the events they stand for. They are in no slice: report them. */
export function unknownVersions(rows: readonly Row[]): UnknownVersion[] {
  const events = new Map<string, number>();
  for (const row of rows) {
    const version = textOf(row, "schemaVersion");
    if (!isKnownVersion(version)) events.set(version, (events.get(version) ?? 0) + countOf(row, "events"));
  }
  return [...events].map(([version, count]) => ({ version, events: count })).sort((a, b) => (a.version < b.version ? -1 : 1));
}

/** Rows that this version can read. */
export function readableRows(rows: readonly Row[]): MeasuredRow[] {
  return rows.filter((row) => isKnownVersion(textOf(row, "schemaVersion"))).map(readRow);
}

const FIGURES = 4;

/** Counts of all SLOs by minute, in one flat array. */
class Sums {
  readonly minutes: readonly number[];
  readonly #columns: ReadonlyMap<number, number>;
  readonly #counts: Float64Array;
  readonly #isMeasured: Uint8Array;

  constructor(slos: number, minutes: readonly number[]) {
    this.minutes = [...new Set(minutes)].sort((a, b) => a - b);
    this.#columns = new Map(this.minutes.map((minute, column) => [minute, column]));
    this.#isMeasured = new Uint8Array(slos * this.minutes.length);
    this.#counts = new Float64Array(this.#isMeasured.length * FIGURES);
  }

  columnOf(minute: number): number {
    return this.#columns.get(minute) ?? 0;
  }

  measure(slo: number, column: number): void {
    this.#isMeasured[slo * this.minutes.length + column] = 1;
  }

  add(slo: number, column: number, { good, total, varGood, varTotal }: Counts): void {
    this.measure(slo, column);
    const counts = this.#counts;
    const at = (slo * this.minutes.length + column) * FIGURES;
    counts[at] = (counts[at] ?? 0) + good;
    counts[at + 1] = (counts[at + 1] ?? 0) + total;
    counts[at + 2] = (counts[at + 2] ?? 0) + varGood;
    counts[at + 3] = (counts[at + 3] ?? 0) + varTotal;
  }

  /** The measured minutes of one SLO, in order. */
  slicesOf(slo: number, sloName: string): Slice[] {
    const slices: Slice[] = [];
    for (let column = 0; column < this.minutes.length; column += 1) {
      const place = slo * this.minutes.length + column;
      if (this.#isMeasured[place] !== 1) continue;
      const counts = this.#counts;
      const at = place * FIGURES;
      slices.push({
        sloName,
        minute: this.minutes[column] ?? 0,
        good: counts[at] ?? 0,
        total: counts[at + 1] ?? 0,
        varGood: counts[at + 2] ?? 0,
        varTotal: counts[at + 3] ?? 0,
      });
    }
    return slices;
  }
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
