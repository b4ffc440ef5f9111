import { READABLE_VERSIONS } from "@monotask/telemetry";
import type { Row } from "@monotask/telemetry";
import type { Slice } from "../model/cell.ts";
import { FILTER_FIELDS } from "../model/slo.ts";
import type { FilterField, Slo } from "../model/slo.ts";
import { bySlice } from "../store/roll-up.ts";
import { latencyThresholds } from "./query.ts";

/** Lowest status of a server's failure. */
const FIRST_SERVER_ERROR = 500;

/** Points that this version cannot read. */
export interface UnknownVersion {
  readonly version: string;
  readonly events: number;
}

export interface SliceOptions {
  /** Minutes in which an SLO is known to have been measured by other means, such as a probe: without rows they count as idle. */
  readonly provedMinutes?: readonly { readonly sloName: string; readonly minute: number }[];
}

/**
 * Sums the rows of `measurementQuery` into one slice per SLO and minute. Good events are a subset of the rows that make the total, so good
 * never exceeds total. A minute in which the SLO's workers sent any request is measured, even if none of them passes the filter; a minute
 * without rows gets no slice: it was not measured. The order of the rows does not matter.
 */
export function slicesFromRows(slos: readonly Slo[], rows: readonly Row[], options: SliceOptions = {}): Slice[] {
  const thresholds = latencyThresholds(slos);
  const known = rows.filter((row) => isKnownVersion(textOf(row, "schemaVersion"))).map(readRow);
  const slices = new Map<string, Slice>();
  for (const slo of slos) {
    for (const row of known) {
      if (!isOfSameWorkers(slo, row)) continue;
      const before = slices.get(keyOf(slo, row.minute)) ?? idle(slo, row.minute);
      slices.set(keyOf(slo, row.minute), isCounted(slo, row) ? withRow(before, row, isGood(slo, row, thresholds)) : before);
    }
    for (const { sloName, minute } of options.provedMinutes ?? []) {
      const isIdle = sloName === slo.name && !slices.has(keyOf(slo, minute));
      if (isIdle) slices.set(keyOf(slo, minute), idle(slo, minute));
    }
  }
  return [...slices.values()].sort(bySlice);
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

interface MeasuredRow {
  readonly minute: number;
  readonly fields: Readonly<Record<FilterField, string>>;
  readonly status: number;
  readonly outcome: string;
  readonly bucket: number;
  readonly events: number;
  readonly variance: number;
}

function readRow(row: Row): MeasuredRow {
  return {
    minute: countOf(row, "minute") / 60,
    fields: {
      worker: textOf(row, "worker"),
      environment: textOf(row, "environment"),
      endpoint: textOf(row, "endpoint"),
      method: textOf(row, "method"),
    },
    status: /^\d{3}$/.test(textOf(row, "status")) ? Number(textOf(row, "status")) : Number.NaN,
    outcome: textOf(row, "outcome"),
    bucket: countOf(row, "bucket"),
    events: countOf(row, "events"),
    variance: countOf(row, "variance"),
  };
}

function isGood(slo: Slo, row: MeasuredRow, thresholds: readonly number[]): boolean {
  const { good } = slo.indicator;
  return good.kind === "availability" ? isAvailable(row) : row.bucket <= thresholds.indexOf(good.thresholdMs);
}

/** A client that went away is no failure of ours; what threw, or ended without a status, is. */
function isAvailable(row: MeasuredRow): boolean {
  if (row.outcome === "client_disconnect") return true;
  return row.outcome !== "exception" && row.status < FIRST_SERVER_ERROR;
}

function isOfSameWorkers(slo: Slo, row: MeasuredRow): boolean {
  return passes(slo, row, "worker") && passes(slo, row, "environment");
}

function isCounted(slo: Slo, row: MeasuredRow): boolean {
  return FILTER_FIELDS.every((field) => passes(slo, row, field));
}

function passes(slo: Slo, row: MeasuredRow, field: FilterField): boolean {
  const accepted = slo.indicator.filter[field];
  return accepted === undefined || accepted.includes(row.fields[field]);
}

function withRow(slice: Slice, row: MeasuredRow, good: boolean): Slice {
  return {
    ...slice,
    total: slice.total + row.events,
    varTotal: slice.varTotal + row.variance,
    good: slice.good + (good ? row.events : 0),
    varGood: slice.varGood + (good ? row.variance : 0),
  };
}

function idle(slo: Slo, minute: number): Slice {
  return { sloName: slo.name, minute, good: 0, total: 0, varGood: 0, varTotal: 0 };
}

function keyOf(slo: Slo, minute: number): string {
  return `${minute} ${slo.name}`;
}

function isKnownVersion(version: string): boolean {
  return READABLE_VERSIONS.some((readable) => String(readable) === version);
}

function textOf(row: Row, column: string): string {
  return String(row[column] ?? "");
}

/** Weights are integers and so are their sums; the engine answers in floats. */
function countOf(row: Row, column: string): number {
  const count = Math.round(Number(row[column] ?? 0));
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}
