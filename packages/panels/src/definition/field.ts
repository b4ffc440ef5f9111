import { fixedColumns, kindColumns, KINDS } from "@monotask/telemetry";
import type { FieldOf, Kind } from "@monotask/telemetry";
import * as v from "valibot";

/** A field of any kind, by name. */
export type AnyField = FieldOf<Kind>;

function isAnyField(name: string): name is AnyField {
  return Object.hasOwn(fixedColumns, name) || KINDS.some((kind) => Object.hasOwn(kindColumns[kind], name));
}

/** Whether the kind at hand has the field is checked when the SQL is compiled. */
export const fieldSchema: v.GenericSchema<string, AnyField> = v.pipe(
  v.string(),
  v.guard(isAnyField, "no kind of point has this field"),
  v.description("field of the telemetry schema, by name"),
);
