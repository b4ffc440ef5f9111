import type { Kind, Query } from "@monotask/telemetry";
import type { Filters, StepRange } from "@monotask/panels";

export type Head<K extends Kind> = Pick<Query<K>, "kinds" | "fromMs" | "toMs" | "select"> & {
  readonly where: readonly Narrowing[];
};

/** How many events of a kind there were in a range, of what the viewer narrowed to: the head of every query of its own. */
export function countOf<K extends Kind>(kind: K, { fromMs, toMs }: StepRange, filters: Filters): Head<K> {
  return { kinds: [kind], fromMs, toMs, where: conditionsOf(filters), select: { events: { measure: "count" } } };
}

type FilterField = keyof Filters;

interface Narrowing {
  readonly op: "=";
  readonly field: FilterField;
  readonly value: string;
}

function conditionsOf(filters: Filters): Narrowing[] {
  const fields: readonly FilterField[] = ["workerName", "environment", "version", "endpoint"];
  return fields.flatMap((field) => {
    const value = filters[field];
    return value === undefined ? [] : [{ op: "=", field, value }];
  });
}
