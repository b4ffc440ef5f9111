import type { Condition, FieldOf, Query, Row, SqlApi } from "@monotask/telemetry";
import { rowsOrThrow } from "../analytics.ts";
import { UserError } from "../io.ts";
import type { NamedMeasure } from "./measures.ts";

type Field = FieldOf<"custom">;
const SLOTS = [
  "dimension1",
  "dimension2",
  "dimension3",
  "dimension4",
  "dimension5",
  "dimension6",
  "dimension7",
  "dimension8",
] as const;

/**
 * A custom metric grouped by one of its dimensions. Each point holds `key=value` in one of eight columns, and two call sites may hold it in
 * different ones: one query finds the columns that hold the key, then one query a column, put together by value.
 * @throws UserError where the metric has no such dimension, or where a percentile or mean cannot be put together
 */
export async function byDimension(
  api: SqlApi,
  query: Query<"custom">,
  key: string,
  measures: readonly NamedMeasure[],
): Promise<Row[]> {
  const holds = (field: Field): Condition<Field> => ({
    op: "and",
    // Every text that begins with `key=`: `>` is the character behind `=`.
    conditions: [
      { op: ">=", field, value: `${key}=` },
      { op: "<", field, value: `${key}>` },
    ],
  });
  const select = Object.fromEntries(SLOTS.map((slot) => [`in_${slot}`, { measure: "count" as const, where: holds(slot) }]));
  const [found] = rowsOrThrow(
    await api.run({
      kinds: ["custom"],
      fromMs: query.fromMs,
      toMs: query.toMs,
      ...(query.where && { where: query.where }),
      select,
    }),
  );
  const slots = SLOTS.filter((slot) => Number(found?.[`in_${slot}`] ?? 0) > 0);
  if (slots.length === 0)
    throw new UserError(`no point of the metric in this time has the dimension "${key}"; see them all: --by dimension1`);
  const parts = await Promise.all(
    slots.map((slot) =>
      api.run({
        ...query,
        where: [...(query.where ?? []), holds(slot)],
        groupBy: { ...query.groupBy, [key]: { by: "field", field: slot } },
      }),
    ),
  );
  const merged = new Map<string, Row>();
  for (const row of parts.flatMap((part) => [...rowsOrThrow(part)])) {
    const named: Row = { ...row, [key]: String(row[key]).slice(key.length + 1) };
    const groups = Object.keys({ ...query.groupBy, [key]: true });
    const id = JSON.stringify(groups.map((group) => named[group]));
    const other = merged.get(id);
    merged.set(id, other === undefined ? named : together(other, named, measures, key));
  }
  return [...merged.values()];
}

function together(a: Row, b: Row, measures: readonly NamedMeasure[], key: string): Row {
  const sums = measures.map(({ name, measure }) => {
    const [left, right] = [Number(a[name]), Number(b[name])];
    if (measure.measure === "min") return [name, Math.min(left, right)];
    if (measure.measure === "max") return [name, Math.max(left, right)];
    if (measure.measure === "quantile" || measure.measure === "mean") {
      throw new UserError(
        `"${key}" is written in different places by different callers, so ${name} cannot be put together; ask for --sum and --count`,
      );
    }
    return [name, left + right];
  });
  return { ...a, ...(Object.fromEntries(sums) as Record<string, number>) };
}
