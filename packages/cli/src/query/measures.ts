import { UsageError } from "../io.ts";
import { columnOf, fieldNamed } from "@monotask/telemetry";
import type { FieldOf, Kind, Measure, Unit } from "@monotask/telemetry";

/** A column of the answer. */
export interface NamedMeasure {
  readonly name: string;
  readonly unit: Unit;
  readonly measure: Measure<FieldOf<Kind>>;
}

/** What the flags ask for, in their order; `count` where they ask for nothing. */
export interface MeasureFlags {
  readonly count?: boolean;
  readonly p50?: readonly string[];
  readonly p95?: readonly string[];
  readonly p99?: readonly string[];
  readonly mean?: readonly string[];
  readonly sum?: readonly string[];
  readonly min?: readonly string[];
  readonly max?: readonly string[];
}

const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
const PLAIN = ["mean", "sum", "min", "max"] as const;

export function measuresOf(kind: Kind, flags: MeasureFlags, custom: "value" | undefined): NamedMeasure[] {
  const fieldOf = (typed: string): FieldOf<Kind> => {
    if (typed !== "") return fieldNamed(kind, typed);
    if (custom !== undefined) return custom;
    throw new UsageError(`name the number field, such as --p95 duration; see: monotask query --fields ${kind}`);
  };
  const named = (word: string, typed: string, measure: (field: FieldOf<Kind>) => Measure<FieldOf<Kind>>): NamedMeasure => {
    const field = fieldOf(typed);
    const column = columnOf(kind, field);
    return { name: `${word}_${field}`, unit: column?.type === "double" ? column.unit : "any", measure: measure(field) };
  };
  const asked: NamedMeasure[] = [];
  for (const word of ["p50", "p95", "p99"] as const)
    for (const typed of flags[word] ?? [])
      asked.push(named(word, typed, (field) => ({ measure: "quantile", field, q: QUANTILES[word] })));
  for (const word of PLAIN)
    for (const typed of flags[word] ?? []) asked.push(named(word, typed, (field) => ({ measure: word, field })));
  if (flags.count === true || asked.length === 0)
    asked.push({ name: "count_points", unit: "count", measure: { measure: "count" } });
  return asked;
}
