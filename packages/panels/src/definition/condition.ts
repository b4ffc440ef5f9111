import type { Condition } from "@monotask/telemetry";
import * as v from "valibot";
import { fieldSchema } from "./field.ts";
import type { AnyField } from "./field.ts";

const VALUE = v.union([v.string(), v.number()]);

/** A condition of the typed query, as JSON. Operators and fields are checked once more when the SQL is compiled. */
export const conditionSchema: v.GenericSchema<Condition, Condition<AnyField>> = v.lazy(() => anyCondition);

const anyCondition: v.GenericSchema<Condition, Condition<AnyField>> = v.union([
  v.strictObject({ op: v.picklist(["=", "!=", "<", "<=", ">", ">="]), field: fieldSchema, value: VALUE }),
  v.strictObject({ op: v.picklist(["in", "not in"]), field: fieldSchema, values: v.pipe(v.array(VALUE), v.minLength(1)) }),
  v.strictObject({ op: v.picklist(["and", "or"]), conditions: v.pipe(v.array(conditionSchema), v.minLength(1)) }),
]);
