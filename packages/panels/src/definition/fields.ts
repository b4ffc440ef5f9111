import type { Condition } from "@monotask/telemetry";
import type { QueryPanel } from "./panel.ts";

/** Names of all fields that a panel reads. */
export function fieldsIn({ query }: QueryPanel): string[] {
  const measures = Object.values(query.measures);
  return [
    ...query.groupBy,
    ...fieldsOfCondition(query.where),
    ...measures.flatMap((measure) => [...("field" in measure ? [measure.field] : []), ...fieldsOfCondition(measure.where)]),
  ];
}

function fieldsOfCondition(condition: Condition | undefined): string[] {
  if (condition === undefined) return [];
  if ("kind" in condition) return condition.where.map(({ field }) => field);
  return "conditions" in condition ? condition.conditions.flatMap(fieldsOfCondition) : [condition.field];
}
