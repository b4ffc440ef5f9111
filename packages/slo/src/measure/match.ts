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

export interface Matcher {
  slosOf(row: MeasuredRow): Matches;
}

/** Rows repeat the same few workers and routes; what makes up more than that is not worth keeping. */
const MOST_KEPT = 20_000;

const MATCHERS = new WeakMap<readonly Slo[], Matcher>();

/** Finds the SLOs of rows. What was found is kept for the same list, from tick to tick. */
export function matcherOf(slos: readonly Slo[]): Matcher {
  const known = MATCHERS.get(slos);
  if (known !== undefined) return known;
  const fresh = createMatcher(slos);
  MATCHERS.set(slos, fresh);
  return fresh;
}

function createMatcher(slos: readonly Slo[]): Matcher {
  // A tree by kind and fields: values are looked up as they are, without putting a key together for each row.
  let root = new Branch();
  let kept = 0;
  // Fields that no SLO filters by make no difference.
  const fields = FILTER_FIELDS.filter((field) => slos.some((slo) => slo.indicator.filter[field] !== undefined));
  const { ofWorker, ofAnyWorker } = byWorker(slos);
  return {
    slosOf(row) {
      // A failed probe says nothing about the telemetry of what it probed.
      const isAlive = row.kind !== "probe" || row.outcome === "ok";
      let branch = grown(root, isAlive ? row.kind : `!${row.kind}`);
      for (const field of fields) branch = grown(branch, row.fields[field]);
      const known = branch.matches;
      if (known !== undefined) return known;
      const candidates = [...(ofWorker.get(row.fields.worker) ?? []), ...ofAnyWorker].sort((a, b) => a - b);
      const ofSameWorkers = candidates.filter((index) => slos[index] !== undefined && passes(slos[index], row, "environment"));
      const counted = ofSameWorkers.filter((index) => slos[index] !== undefined && isCounted(slos[index], row));
      const matches = { alive: isAlive ? ofSameWorkers : counted, counted };
      branch.matches = matches;
      kept += 1;
      if (kept >= MOST_KEPT) {
        root = new Branch();
        kept = 0;
      }
      return matches;
    },
  };
}

class Branch {
  readonly branches = new Map<string, Branch>();
  matches: Matches | undefined;
  /** Where the last row went: most rows have the kind and environment of the one before. */
  lastValue: string | undefined;
  lastBranch: Branch | undefined;
}

function grown(branch: Branch, value: string): Branch {
  if (branch.lastBranch !== undefined && branch.lastValue === value) return branch.lastBranch;
  let next = branch.branches.get(value);
  if (next === undefined) {
    next = new Branch();
    branch.branches.set(value, next);
  }
  branch.lastValue = value;
  branch.lastBranch = next;
  return next;
}

function byWorker(slos: readonly Slo[]): {
  readonly ofWorker: ReadonlyMap<string, readonly number[]>;
  readonly ofAnyWorker: readonly number[];
} {
  const ofWorker = new Map<string, number[]>();
  const ofAnyWorker: number[] = [];
  slos.forEach(({ indicator }, index) => {
    const workers = indicator.filter.worker;
    if (workers === undefined) ofAnyWorker.push(index);
    for (const worker of new Set(workers)) ofWorker.set(worker, [...(ofWorker.get(worker) ?? []), index]);
  });
  return { ofWorker, ofAnyWorker };
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
