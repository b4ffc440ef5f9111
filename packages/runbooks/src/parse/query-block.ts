import { columnOf, conditionOf, fieldNamed, KINDS, QueryError } from "@monotask/telemetry";
import type { FieldOf, Kind, Measure } from "@monotask/telemetry";
import { parse, YAMLParseError } from "yaml";
import type { DerivedRatio, QueryStep, ReadingRule, SelectedMeasure, Test } from "../model.ts";

/** A block that cannot be run; the message names the key and what it must be. */
export class BlockError extends Error {
  override readonly name = "BlockError";
}

type QueryBlock = Omit<QueryStep, "type" | "number" | "title" | "path" | "line">;

const KEYS = ["kind", "where", "by", "select", "derive", "order", "rows", "read"];

/** Reads the YAML of a query block. @throws BlockError */
export function queryBlock(text: string): QueryBlock {
  const data = yamlObject(text);
  const unknown = Object.keys(data).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw new BlockError(`there is no key "${unknown}"; use ${KEYS.join(", ")}`);
  const kind = KINDS.find((name) => name === data["kind"]);
  if (!kind) throw new BlockError(`kind must be one of ${KINDS.join(", ")}`);
  try {
    const select = Object.entries(objectOf(data["select"], "select")).map(([name, typed]) =>
      measureOf(kind, name, textOf(typed, `select.${name}`)),
    );
    const [first] = select;
    if (!first) throw new BlockError("select at least one measure, such as requests: count");
    const derive = Object.entries(objectOf(data["derive"] ?? {}, "derive")).map(([name, typed]) =>
      ratioOf(name, textOf(typed, `derive.${name}`), select),
    );
    const by = textsOf(data["by"] ?? [], "by").map((typed) => fieldNamed(kind, typed));
    const columns = [...by, ...select.map(({ name }) => name), ...derive.map(({ name }) => name)];
    const orderBy = data["order"] === undefined ? first.name : textOf(data["order"], "order");
    if (!columns.includes(orderBy)) throw new BlockError(`order "${orderBy}": use one of ${columns.join(", ")}`);
    const rows = data["rows"] ?? 5;
    if (typeof rows !== "number" || !Number.isInteger(rows) || rows < 1)
      throw new BlockError("rows must be a whole number above 0");
    return {
      kind,
      where: textsOf(data["where"] ?? [], "where").map((typed) => conditionOf(kind, typed)),
      by,
      select,
      derive,
      orderBy,
      shownRows: rows,
      readings: readingsOf(data["read"], columns),
    };
  } catch (error) {
    if (error instanceof QueryError) throw new BlockError(error.message);
    throw error;
  }
}

const MEASURE = /^(count|p50|p95|p99|sum|mean|max|min)(?:\s+([A-Za-z]\w*))?(?:\s+where\s+(.+))?$/;
const QUANTILES: Readonly<Record<string, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** `count`, `count where outcome=timeout`, `p95 durationMs`, `sum okCount`. */
function measureOf(kind: Kind, name: string, typed: string): SelectedMeasure {
  const [, word = "", fieldText, condition] = MEASURE.exec(typed.trim()) ?? [];
  if (word === "")
    throw new BlockError(
      `select.${name}: "${typed}" is no measure; write it as count, count where outcome=timeout or p95 durationMs`,
    );
  const where = condition === undefined ? {} : { where: conditionOf(kind, condition) };
  if (word === "count") return { name, unit: "count", measure: { measure: "count", ...where } };
  if (fieldText === undefined) throw new BlockError(`select.${name}: ${word} needs a number field`);
  const field = fieldNamed(kind, fieldText);
  const column = columnOf(kind, field);
  const unit = column?.type === "double" ? column.unit : "any";
  return { name, unit, measure: numberMeasure(word, field, where) };
}

function numberMeasure(
  word: string,
  field: FieldOf<Kind>,
  where: Pick<Measure<FieldOf<Kind>> & { measure: "count" }, "where">,
): Measure<FieldOf<Kind>> {
  const q = QUANTILES[word];
  if (q !== undefined) return { measure: "quantile", field, q, ...where };
  if (word === "sum" || word === "mean" || word === "max") return { measure: word, field, ...where };
  return { measure: "min", field };
}

/** `errors / requests`, with the unit of its own behind: `queries / requests count`. */
function ratioOf(name: string, typed: string, select: readonly SelectedMeasure[]): DerivedRatio {
  const [, over = "", under = "", unitText = "ratio"] =
    /^(\w+)\s*\/\s*(\w+)(?:\s+(ratio|count|ms|bytes))?$/.exec(typed.trim()) ?? [];
  const isKnown = (column: string): boolean => select.some((measure) => measure.name === column);
  if (!isKnown(over) || !isKnown(under))
    throw new BlockError(`derive.${name}: write it as a / b of ${select.map((measure) => measure.name).join(", ")}`);
  const unit = unitText === "count" || unitText === "ms" || unitText === "bytes" ? unitText : "ratio";
  return { name, over, under, unit };
}

function readingsOf(value: unknown, columns: readonly string[]): ReadingRule[] {
  if (!Array.isArray(value) || value.length === 0) throw new BlockError("read must list at least one sentence: - says: …");
  const figures = [...columns, "share", ...columns.map((column) => `others.${column}`)];
  const rules = value.map((item: unknown, at): ReadingRule => {
    const rule = objectOf(item, `read[${at}]`);
    const says = textOf(rule["says"], `read[${at}].says`);
    for (const [, name = ""] of says.matchAll(/\{([^}]+)\}/g)) {
      if (!figures.includes(name) && name !== "since")
        throw new BlockError(`read[${at}].says: there is no {${name}}; use ${figures.join(", ")}, since`);
    }
    const when =
      rule["when"] === undefined
        ? []
        : textOf(rule["when"], `read[${at}].when`)
            .split(/\s+and\s+/)
            .map((typed) => testOf(typed, figures));
    return { when, says, isCause: when.length > 0 && rule["cause"] !== false };
  });
  if ((rules.at(-1)?.when.length ?? 1) > 0)
    throw new BlockError("the last sentence of read must have no when: something is always said");
  return rules;
}

function testOf(typed: string, figures: readonly string[]): Test {
  const [, figure = "", op = "", value = ""] = /^([\w.]+)\s*(>=|<=|>|<|~)\s*(.+)$/.exec(typed.trim()) ?? [];
  if (!figures.includes(figure)) throw new BlockError(`when "${typed}": use one of ${figures.join(", ")} with >= > < <= or ~`);
  if (op === "~") return { op, figure, pattern: new RegExp(value, "i") };
  const number = Number(value);
  if (Number.isNaN(number)) throw new BlockError(`when "${typed}": "${value}" is no number`);
  if (op === ">=" || op === ">" || op === "<" || op === "<=") return { op, figure, value: number };
  throw new BlockError(`when "${typed}": use >= > < <= or ~`);
}

function yamlObject(text: string): Record<string, unknown> {
  try {
    return objectOf(parse(text), "the block");
  } catch (error) {
    if (error instanceof YAMLParseError) throw new BlockError(`not YAML: ${error.message.split("\n")[0] ?? ""}`);
    throw error;
  }
}

function objectOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new BlockError(`${name} must be keys and values`);
}

function textOf(value: unknown, name: string): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new BlockError(`${name} must be a text`);
}

function textsOf(value: unknown, name: string): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value) && value.every((item): item is string => typeof item === "string")) return value;
  throw new BlockError(`${name} must be a text or a list of texts`);
}
