import { columnOf, fieldAliases } from "../schema/schema.ts";
import type { FieldOf, Kind } from "../schema/schema.ts";
import { QueryError } from "./compile-sql.ts";
import type { Condition } from "./query.ts";

/** A field as people type it: its own name, the specification's tag (`worker`), or without its unit (`duration`, `dbQueryTime`). */
export function fieldNamed(kind: Kind, typed: string): FieldOf<Kind> {
  const name = [typed, fieldAliases[typed], `${typed}Ms`, `${typed}Count`].find(
    (candidate): candidate is FieldOf<Kind> => candidate !== undefined && columnOf(kind, candidate) !== undefined,
  );
  if (name === undefined) throw new QueryError(`${kind} has no field "${typed}"`);
  return name;
}

const CONDITION = /^\s*([A-Za-z][A-Za-z0-9]*)\s*(>=|<=|!=|=|>|<)\s*(.*?)\s*$/;

/**
 * `status>=500`, `worker=api,web`, `endpoint!=/health` as a condition of the kind.
 * @throws QueryError that names what cannot be read
 */
export function conditionOf(kind: Kind, typed: string): Condition<FieldOf<Kind>> {
  const [, name = "", op = "", text = ""] = CONDITION.exec(typed) ?? [];
  if (name === "" || text === "") throw new QueryError(`"${typed}" is no condition; write it as status>=500 or worker=api`);
  const field = fieldNamed(kind, name);
  const isNumber = columnOf(kind, field)?.type === "double";
  const values = text.split(",").map((part): string | number => {
    const value = part.trim();
    if (value === "") throw new QueryError(`"${typed}": a value is missing beside a comma`);
    // Texts are compared letter by letter, so that 99 would come after 500.
    if (field === "statusCode" && !/^\d{3}$/.test(value))
      throw new QueryError(`"${typed}": write a status with three digits, such as 500`);
    if (!isNumber) return value;
    if (Number.isNaN(Number(value))) throw new QueryError(`"${typed}": ${field} is a number, "${value}" is none`);
    return Number(value);
  });
  if (values.length > 1) {
    if (op !== "=" && op !== "!=") throw new QueryError(`"${typed}": a list goes with = or != only`);
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
      throw new QueryError(`"${typed}": use = != < <= > >=`);
  }
}
