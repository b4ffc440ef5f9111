import { columnOf, fieldAliases } from "@monotask/telemetry";
import type { Condition, FieldOf, Kind } from "@monotask/telemetry";
import { UserError } from "../io.ts";

type KindField = FieldOf<Kind>;

/** A field as people type it: its own name, the specification's tag (`worker`), or without its unit (`duration`, `dbQueryTime`). */
export function fieldNamed(kind: Kind, typed: string): KindField {
  const name = [typed, fieldAliases[typed], `${typed}Ms`, `${typed}Count`].find(
    (candidate): candidate is KindField => candidate !== undefined && columnOf(kind, candidate) !== undefined,
  );
  if (typed === "") throw new UserError(`name the number field, such as --p95 duration; see: monotask query --fields ${kind}`);
  if (name === undefined) throw new UserError(`${kind} has no field "${typed}"; see: monotask query --fields ${kind}`);
  return name;
}

const CONDITION = /^\s*([A-Za-z][A-Za-z0-9]*)\s*(>=|<=|!=|=|>|<)\s*(.*?)\s*$/;

/** `status>=500`, `worker=api,web`, `endpoint!=/health` as a condition of the kind. */
export function conditionOf(kind: Kind, typed: string): Condition<KindField> {
  const [, name = "", op = "", text = ""] = CONDITION.exec(typed) ?? [];
  if (name === "" || text === "")
    throw new UserError(`--where "${typed}" is no condition; write it as status>=500 or worker=api`);
  const field = fieldNamed(kind, name);
  const isNumber = columnOf(kind, field)?.type === "double";
  const valueOf = (value: string): string | number => {
    if (!isNumber) return value;
    if (value === "" || Number.isNaN(Number(value)))
      throw new UserError(`--where "${typed}": ${field} is a number, "${value}" is none`);
    return Number(value);
  };
  const values = text.split(",").map(valueOf);
  if (values.length > 1) {
    if (op !== "=" && op !== "!=") throw new UserError(`--where "${typed}": a list goes with = or != only`);
    return { op: op === "=" ? "in" : "not in", field, values };
  }
  switch (op) {
    case "=":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return { op, field, value: values[0] ?? "" };
    default:
      throw new UserError(`--where "${typed}": use = != < <= > >=`);
  }
}
