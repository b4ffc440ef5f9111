import type { FieldOf, Kind } from "../schema/schema.ts";

export interface Comparison<F extends string = string> {
  readonly op: "=" | "!=" | "<" | "<=" | ">" | ">=";
  readonly field: F;
  readonly value: string | number;
}

export interface Membership<F extends string = string> {
  readonly op: "in" | "not in";
  readonly field: F;
  readonly values: readonly (string | number)[];
}

export interface Combination<F extends string = string> {
  readonly op: "and" | "or";
  readonly conditions: readonly Condition<F>[];
}

/** Conditions on the fields of one kind, for a query over several kinds: holds for points of that kind which pass all of them. */
export type OfKind = {
  readonly [K in Kind]: {
    readonly op: "of kind";
    readonly kind: K;
    readonly where: readonly (Comparison<FieldOf<K>> | Membership<FieldOf<K>>)[];
  };
}[Kind];

/** A condition on fields, by name. */
export type Condition<F extends string = string> = Comparison<F> | Membership<F> | Combination<F> | OfKind;

/** Something of each kind's own; kinds that are left out have the neutral value. */
export type PerKind<T> = Readonly<Partial<Record<Kind, T>>>;

/** A number field with ascending thresholds. */
export interface Buckets {
  readonly field: string;
  readonly thresholds: readonly number[];
}

/** Longer intervals for what lies before a moment: the past at a glance and the present by the minute, in one query. */
export interface Coarser {
  /** Epoch ms; of several the latest first. */
  readonly beforeMs: number;
  readonly seconds: number;
}

/** What rows are grouped by. */
export type GroupBy<F extends string = string> =
  | { readonly by: "field"; readonly field: F }
  /** Start of the interval in epoch seconds. */
  | { readonly by: "time"; readonly seconds: number; readonly coarser?: readonly Coarser[] }
  /** How many of the ascending thresholds the value reaches: 0 … thresholds.length. */
  | { readonly by: "bucket"; readonly field: F; readonly thresholds: readonly number[] }
  /** A text field of each kind, empty for kinds that are left out. */
  | { readonly by: "field of kind"; readonly fields: PerKind<string> }
  /** A bucket of each kind, 0 for kinds that are left out. */
  | { readonly by: "bucket of kind"; readonly buckets: PerKind<Buckets> };

/** Narrows a measure to some points of the group. */
export interface MeasureScope<F extends string = string> {
  /** Only points of this kind count, and field names are this kind's. */
  readonly kind?: Kind;
  readonly where?: Condition<F>;
}

/**
 * What is read for each group. Each figure is an unbiased estimate: an event counts with `_sample_interval` × its own weight.
 * `variance` is Σw(w−1), that of the count under independent thinning. Where no point is in scope a count, a sum and a narrowed `max` are
 * 0, a mean is not a number, and a quantile means nothing: select the count beside it.
 */
export type Measure<F extends string = string> =
  | ({ readonly measure: "count" | "variance" } & MeasureScope<F>)
  | ({ readonly measure: "sum" | "mean" | "max"; readonly field: F } & MeasureScope<F>)
  | { readonly measure: "min"; readonly field: F }
  | ({ readonly measure: "quantile"; readonly field: F; readonly q: number } & MeasureScope<F>)
  /**
   * What points stand for where one point holds several events: the sum of number fields of its kind, one event where the kind is left
   * out. `events variance` is Σw(w−1)n², because a point is kept or lost with all its n events.
   */
  | { readonly measure: "events" | "events variance"; readonly fields: PerKind<readonly string[]> }
  /** When the first or last point of the group was written, epoch seconds: Analytics Engine keeps no finer time. */
  | { readonly measure: "first" | "last" }
  /** The text of a field in the group's newest point: what one cause looks like, where its texts differ. */
  | { readonly measure: "newest"; readonly field: F }
  /** Stored rows, not events. */
  | { readonly measure: "rows" };

/** A typed query over points of some kinds. Times are epoch milliseconds, `fromMs` ≤ t < `toMs`, and become literals: no query uses NOW(). */
export interface Query<K extends Kind = Kind> {
  readonly kinds: readonly K[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly where?: readonly Condition<FieldOf<K>>[];
  readonly groupBy?: Readonly<Record<string, GroupBy<FieldOf<K>>>>;
  readonly select: Readonly<Record<string, Measure<FieldOf<K>>>>;
  readonly orderBy?: readonly { readonly column: string; readonly direction: "asc" | "desc" }[];
  readonly limit?: number;
  /** Reads points of every schema version, also unknown ones; group by `schemaVersion` then and tell them apart. Default false. */
  readonly anySchemaVersion?: boolean;
}

export type Row = Readonly<Record<string, string | number>>;

/** A query, checked by its types. */
export function defineQuery<K extends Kind>(query: Query<K>): Query<K> {
  return query;
}
