import { READABLE_VERSIONS } from "@monotask/telemetry";
import type { Row } from "@monotask/telemetry";
import type { Slice } from "../model/cell.ts";
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
  const sums = slos.map(() => new Map<number, MutableCounts>());
  for (const row of known) {
    const { alive, counted } = matcher.slosOf(row);
    for (const index of alive) at(sums, index, row.minute);
    for (const index of counted) {
      const slo = slos[index];
      if (slo === undefined) continue;
      const counts = countRow(slo, row, thresholds.get(slo.indicator.kind) ?? []);
      if (counts !== undefined) add(at(sums, index, row.minute), counts);
    }
  }
  slos.forEach((slo, index) => {
    for (const { sloName, minute } of options.provedMinutes ?? []) if (sloName === slo.name) at(sums, index, minute);
  });
  return inOrder(
    slos,
    slos.map((slo, index) => finished(slo, sums[index] ?? new Map())),
  );
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

/** By minute, then by name: names are put in order once, not slice by slice. */
function inOrder(slos: readonly Slo[], slices: readonly (readonly Slice[])[]): Slice[] {
  const minutes = new Map<number, Slice[]>();
  for (const index of layoutOf(slos).byName) {
    for (const slice of slices[index] ?? []) {
      const known = minutes.get(slice.minute);
      if (known === undefined) minutes.set(slice.minute, [slice]);
      else known.push(slice);
    }
  }
  return [...minutes].sort(([a], [b]) => a - b).flatMap(([, own]) => own);
}

interface MutableCounts {
  good: number;
  total: number;
  varGood: number;
  varTotal: number;
}

function at(sums: readonly Map<number, MutableCounts>[], index: number, minute: number): MutableCounts {
  const own = sums[index];
  const known = own?.get(minute);
  if (known !== undefined) return known;
  const fresh = { good: 0, total: 0, varGood: 0, varTotal: 0 };
  own?.set(minute, fresh);
  return fresh;
}

function add(to: MutableCounts, counts: MutableCounts): void {
  to.good += counts.good;
  to.total += counts.total;
  to.varGood += counts.varGood;
  to.varTotal += counts.varTotal;
}

function finished(slo: Slo, byMinute: ReadonlyMap<number, MutableCounts>): Slice[] {
  const slices = [...byMinute].map(([minute, counts]): Slice => ({ sloName: slo.name, minute, ...counts }));
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
