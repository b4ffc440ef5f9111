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

/** A condition on fields, by name. */
export type Condition<F extends string = string> = Comparison<F> | Membership<F> | Combination<F>;

/** What rows are grouped by. */
export type GroupBy<F extends string = string> =
  | { readonly by: "field"; readonly field: F }
  /** Start of the interval in epoch seconds. */
  | { readonly by: "time"; readonly seconds: number }
  /** How many of the ascending thresholds the value reaches: 0 … thresholds.length. */
  | { readonly by: "bucket"; readonly field: F; readonly thresholds: readonly number[] };

/**
 * What is read for each group. Each figure is an unbiased estimate: an event counts with `_sample_interval` × its own weight.
 * `variance` is Σw(w−1), that of the count under independent thinning.
 */
export type Measure<F extends string = string> =
  | { readonly measure: "count"; readonly where?: Condition<F> }
  | { readonly measure: "variance"; readonly where?: Condition<F> }
  | { readonly measure: "sum" | "mean"; readonly field: F }
  | { readonly measure: "min" | "max"; readonly field: F }
  | { readonly measure: "quantile"; readonly field: F; readonly q: number }
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
