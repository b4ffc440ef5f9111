import { FILTER_FIELDS } from "../model/slo.ts";
import type { FilterField, Slo } from "../model/slo.ts";
import type { MeasuredRow } from "./row.ts";

/** Which SLOs a row concerns, by their place in the list. */
export interface Matches {
  /** SLOs whose workers wrote the row: their minute was measured. */
  readonly alive: readonly number[];
  /** SLOs whose events the row holds. */
  readonly counted: readonly number[];
}

/** Finds the SLOs of rows. Rows repeat the same few workers and routes, so what was found is kept. */
export function createMatcher(slos: readonly Slo[]): { slosOf(row: MeasuredRow): Matches } {
  const found = new Map<string, Matches>();
  return {
    slosOf(row) {
      const { worker, environment, endpoint, method, subject, event } = row.fields;
      // A failed probe says nothing about the telemetry of what it probed.
      const isAlive = row.kind !== "probe" || row.outcome === "ok";
      const key = `${row.kind}\n${isAlive}\n${worker}\n${environment}\n${endpoint}\n${method}\n${subject}\n${event}`;
      const known = found.get(key);
      if (known !== undefined) return known;
      const ofSameWorkers = [...slos.keys()].filter((index) => slos[index] !== undefined && isOfSameWorkers(slos[index], row));
      const counted = ofSameWorkers.filter((index) => slos[index] !== undefined && isCounted(slos[index], row));
      const matches = { alive: isAlive ? ofSameWorkers : counted, counted };
      found.set(key, matches);
      return matches;
    },
  };
}

function isOfSameWorkers(slo: Slo, row: MeasuredRow): boolean {
  return passes(slo, row, "worker") && passes(slo, row, "environment");
}

function isCounted(slo: Slo, row: MeasuredRow): boolean {
  return holdsEvents(slo, row.kind) && FILTER_FIELDS.every((field) => passes(slo, row, field));
}

function holdsEvents({ indicator }: Slo, kind: string): boolean {
  if (indicator.kind === "database") return kind === "request";
  // A request that the platform killed wrote no point of its own.
  if (kind === "invocation") return indicator.kind === "request" && indicator.good.kind === "availability";
  return kind === indicator.kind;
}

function passes(slo: Slo, row: MeasuredRow, field: FilterField): boolean {
  const accepted = slo.indicator.filter[field];
  return accepted === undefined || accepted.includes(row.fields[field]);
}
