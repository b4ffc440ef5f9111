import { columnOf, fixedColumns, KINDS, READABLE_VERSIONS } from "../schema/schema.ts";
import { propertyOf } from "../settings/property.ts";
import type { Kind } from "../schema/schema.ts";
import type { BlobColumn, DoubleColumn } from "../schema/columns.ts";
import type { Condition, GroupBy, Measure, MeasureScope, PerKind, Query } from "./query.ts";

/** A query that cannot be compiled; the message names the field or value and the fix. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

const WEIGHT = `_sample_interval * double${fixedColumns.sampleWeight.position}`;
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
/** Names that mean something else inside a statement: an alias would hide the column, or end the list of columns. */
const TAKEN_NAMES =
  /^(?:dataset|timestamp|_sample_interval|index1|blob\d+|double\d+|select|as|from|where|group|by|having|order|limit|offset|format|and|or|not|in|is|like|between|interval|asc|desc|null|case|distinct|union|join|with|final)$/i;
const COMPARISONS: readonly string[] = ["=", "!=", "<", "<=", ">", ">="];

/**
 * The Analytics Engine SQL of a typed query. The same text runs locally and in production: only what both accept is used.
 * Texts of the query become quoted literals; names and operators are checked against what is known, also at run time, since queries
 * may come from a file or a form.
 * @param dataset table name
 * @throws QueryError for unknown fields, fields of another type, bad names and ranges
 */
export function compileSql(query: Query, dataset: string): string {
  if (query.kinds.length === 0) throw new QueryError("a query needs at least one kind");
  for (const kind of query.kinds) {
    if (!KINDS.includes(kind)) throw new QueryError(`there is no kind "${String(kind)}"; use ${KINDS.join(", ")}`);
  }
  if (!Number.isFinite(query.fromMs) || !Number.isFinite(query.toMs) || query.fromMs >= query.toMs)
    throw new QueryError(`fromMs (${query.fromMs}) must lie before toMs (${query.toMs}), both epoch milliseconds`);
  const groups = Object.entries(query.groupBy ?? {}).map(([name, group]) => [alias(name), groupSql(query.kinds, group)] as const);
  const measures = Object.entries(query.select).map(
    ([name, measure]) => [alias(name), measureSql(query.kinds, measure)] as const,
  );
  const columns = [...groups, ...measures];
  if (measures.length === 0) throw new QueryError("select at least one measure");
  const twice = groups.find(([name]) => measures.some(([other]) => other === name));
  if (twice) throw new QueryError(`"${twice[0]}" is both a group and a measure; rename one`);
  const parts = [
    `SELECT ${columns.map(([name, sql]) => `${sql} AS ${name}`).join(", ")}`,
    `FROM ${identifier(dataset)}`,
    `WHERE ${whereSql(query).join(" AND ")}`,
  ];
  if (groups.length > 0) parts.push(`GROUP BY ${groups.map(([name]) => name).join(", ")}`);
  const order = (query.orderBy ?? []).map(({ column, direction }) => {
    if (!columns.some(([name]) => name === column))
      throw new QueryError(`orderBy ${column}: order by a selected column (${columns.map(([n]) => n).join(", ")})`);
    return `${column} ${direction === "asc" ? "ASC" : "DESC"}`;
  });
  if (order.length > 0) parts.push(`ORDER BY ${order.join(", ")}`);
  if (query.limit !== undefined) parts.push(`LIMIT ${wholeNumber(query.limit, "limit")}`);
  return `${parts.join(" ")} FORMAT JSON`;
}

function whereSql(query: Query): string[] {
  const conditions = [
    momentSql(">=", query.fromMs),
    momentSql("<", query.toMs),
    `${blobSql(fixedColumns.kind)} IN (${query.kinds.map(literal).join(", ")})`,
  ];
  if (!query.anySchemaVersion)
    conditions.push(`${blobSql(fixedColumns.schemaVersion)} IN (${READABLE_VERSIONS.map((v) => literal(String(v))).join(", ")})`);
  for (const condition of query.where ?? []) conditions.push(conditionSql(query.kinds, condition));
  return conditions;
}

function conditionSql(kinds: readonly Kind[], condition: Condition): string {
  if ("conditions" in condition) {
    known(["and", "or"], condition.op);
    if (condition.conditions.length === 0)
      throw new QueryError(`an empty "${condition.op}" matches nothing that can be named; leave it out`);
    return `(${condition.conditions.map((inner) => conditionSql(kinds, inner)).join(` ${condition.op.toUpperCase()} `)})`;
  }
  if ("kind" in condition) {
    const own = condition.where.map((inner) => conditionSql([condition.kind], inner));
    return `(${[kindIs(kinds, condition.kind), ...own].join(" AND ")})`;
  }
  const column = fieldColumn(kinds, condition.field);
  const left = sqlOf(column);
  if ("values" in condition) {
    known(["in", "not in"], condition.op);
    if (condition.values.length === 0)
      throw new QueryError(`${condition.field}: an empty list matches nothing; leave the condition out`);
    return `${left} ${condition.op.toUpperCase()} (${condition.values.map((value) => valueSql(column, condition.field, value)).join(", ")})`;
  }
  return `${left} ${known(COMPARISONS, condition.op)} ${valueSql(column, condition.field, condition.value)}`;
}

function known(operators: readonly string[], op: string): string {
  if (!operators.includes(op)) throw new QueryError(`"${op}" is no operator here; use ${operators.join(" ")}`);
  return op;
}

function groupSql(kinds: readonly Kind[], group: GroupBy): string {
  switch (group.by) {
    case "field":
      return sqlOf(fieldColumn(kinds, group.field));
    case "time":
      return (group.coarser ?? []).reduce(
        (rest, { beforeMs, seconds }) => `if(${momentSql("<", beforeMs)}, ${intervalSql(seconds)}, ${rest})`,
        intervalSql(group.seconds),
      );
    case "bucket":
      return bucketSql(kinds, group.field, group.thresholds);
    case "field of kind":
      return perKind(kinds, group.fields, "''", (kind, field) => sqlOf(fieldColumn([kind], field)));
    case "bucket of kind":
      return perKind(kinds, group.buckets, "0", (kind, { field, thresholds }) => bucketSql([kind], field, thresholds));
    default:
      throw new QueryError(
        `a group is by field, time, bucket, field of kind or bucket of kind, not "${String(propertyOf(group, "by"))}"`,
      );
  }
}

function momentSql(op: "<" | ">=", ms: number): string {
  if (!Number.isFinite(ms)) throw new QueryError(`${ms} is no moment: use epoch milliseconds`);
  return `timestamp ${op} toDateTime(${Math.ceil(ms / 1000)})`;
}

function intervalSql(length: number): string {
  const seconds = wholeNumber(length, "seconds");
  return `intDiv(toUInt32(timestamp), ${seconds}) * ${seconds}`;
}

function bucketSql(kinds: readonly Kind[], field: string, thresholds: readonly number[]): string {
  const value = doubleSql(numberColumn(kinds, field));
  if (thresholds.length === 0) throw new QueryError(`${field}: a bucket needs at least one threshold`);
  const ascending = [...new Set(thresholds)].sort((a, b) => a - b);
  return ascending.reduceRight(
    (rest, threshold, at) => `if(${value} < ${number(threshold)}, ${at}, ${rest})`,
    String(ascending.length),
  );
}

/** One expression over all kinds: that of the point's own kind, else `neutral`. */
function perKind<T>(kinds: readonly Kind[], of: PerKind<T>, neutral: string, sql: (kind: Kind, own: T) => string): string {
  return KINDS.reduceRight((rest, kind) => {
    const own = of[kind];
    return own === undefined ? rest : `if(${kindIs(kinds, kind)}, ${sql(kind, own)}, ${rest})`;
  }, neutral);
}

function kindIs(kinds: readonly Kind[], kind: Kind): string {
  if (!kinds.includes(kind)) throw new QueryError(`the query reads ${kinds.join(", ")}, not "${kind}"; add it to kinds`);
  return `${blobSql(fixedColumns.kind)} = ${literal(kind)}`;
}

function eventsSql(kinds: readonly Kind[], fields: PerKind<readonly string[]>): string {
  return perKind(kinds, fields, "1", (kind, names) => {
    if (names.length === 0) throw new QueryError(`${kind}: name at least one number field that counts its events`);
    return `(${names.map((name) => doubleSql(numberColumn([kind], name))).join(" + ")})`;
  });
}

function measureSql(kinds: readonly Kind[], measure: Measure): string {
  switch (measure.measure) {
    case "rows":
      return "count()";
    case "first":
      return "min(toUInt32(timestamp))";
    case "last":
      return "max(toUInt32(timestamp))";
    case "newest":
      return `argMax(${blobSql(textColumn(kinds, measure.field))}, toUInt32(timestamp))`;
    case "min":
      return `min(${doubleSql(numberColumn(kinds, measure.field))})`;
    case "count":
      return summed(WEIGHT, scopeSql(kinds, measure));
    case "variance":
      return summed(`${WEIGHT} * (${WEIGHT} - 1)`, scopeSql(kinds, measure));
    case "events":
      return `sum(${WEIGHT} * ${eventsSql(kinds, measure.fields)})`;
    case "events variance": {
      const events = eventsSql(kinds, measure.fields);
      return `sum(${WEIGHT} * (${WEIGHT} - 1) * ${events} * ${events})`;
    }
    case "sum":
      return summed(`${valueIn(kinds, measure)} * ${WEIGHT}`, scopeSql(kinds, measure));
    case "mean": {
      const scope = scopeSql(kinds, measure);
      return `${summed(`${valueIn(kinds, measure)} * ${WEIGHT}`, scope)} / ${summed(WEIGHT, scope)}`;
    }
    case "max": {
      const scope = scopeSql(kinds, measure);
      const value = valueIn(kinds, measure);
      return scope === undefined ? `max(${value})` : `max(if(${scope}, ${value}, 0))`;
    }
    case "quantile": {
      if (!(measure.q > 0 && measure.q < 1))
        throw new QueryError(`quantile ${measure.q}: use a number between 0 and 1, such as 0.95`);
      const scope = scopeSql(kinds, measure);
      const weight = scope === undefined ? WEIGHT : `if(${scope}, ${WEIGHT}, 0)`;
      return `quantileExactWeighted(${measure.q})(${valueIn(kinds, measure)}, toUInt32(${weight}))`;
    }
    default:
      throw new QueryError(`there is no measure "${String(propertyOf(measure, "measure"))}"`);
  }
}

function kindsIn(kinds: readonly Kind[], { kind }: MeasureScope): readonly Kind[] {
  return kind === undefined ? kinds : [kind];
}

function valueIn(kinds: readonly Kind[], measure: MeasureScope & { readonly field: string }): string {
  return doubleSql(numberColumn(kindsIn(kinds, measure), measure.field));
}

/** The condition of a narrowed measure; undefined where every point of the group counts. */
function scopeSql(kinds: readonly Kind[], { kind, where }: MeasureScope): string | undefined {
  const conditions = [
    ...(kind === undefined || (kinds.length === 1 && kinds[0] === kind) ? [] : [kindIs(kinds, kind)]),
    ...(where === undefined ? [] : [conditionSql(kind === undefined ? kinds : [kind], where)]),
  ];
  return conditions.length === 0 ? undefined : conditions.join(" AND ");
}

function summed(expression: string, condition: string | undefined): string {
  return condition === undefined ? `sum(${expression})` : `sumIf(${expression}, ${condition})`;
}

/** The one column that the field has in all kinds of the query. */
function fieldColumn(kinds: readonly Kind[], field: string): BlobColumn | DoubleColumn {
  const columns = kinds.map((kind) => columnOf(kind, field));
  const [first] = columns;
  if (!first) throw new QueryError(`${kinds.join(", ")} has no field "${field}"`);
  if (columns.some((column) => column?.type !== first.type || column.position !== first.position)) {
    throw new QueryError(`"${field}" is not the same column in ${kinds.join(" and ")}; query one kind at a time`);
  }
  return first;
}

function numberColumn(kinds: readonly Kind[], field: string): DoubleColumn {
  const column = fieldColumn(kinds, field);
  if (column.type !== "double") throw new QueryError(`"${field}" is text; a number field is needed here`);
  return column;
}

function textColumn(kinds: readonly Kind[], field: string): BlobColumn {
  const column = fieldColumn(kinds, field);
  if (column.type !== "blob") throw new QueryError(`"${field}" is a number; a text field is needed here`);
  return column;
}

function sqlOf(column: BlobColumn | DoubleColumn): string {
  return column.type === "blob" ? blobSql(column) : doubleSql(column);
}

function blobSql(column: BlobColumn): string {
  return `blob${column.position}`;
}

function doubleSql(column: DoubleColumn): string {
  return `double${column.position}`;
}

function valueSql(column: BlobColumn | DoubleColumn, field: string, value: string | number): string {
  if (column.type === "blob") return literal(String(value));
  if (typeof value !== "number") throw new QueryError(`"${field}" is a number; compare it with a number, not "${value}"`);
  return number(value);
}

function literal(text: string): string {
  return `'${text.toWellFormed().replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new QueryError(`${value} is not a number that can be queried`);
  return String(value);
}

function wholeNumber(value: number, name: string): string {
  if (!Number.isInteger(value) || value <= 0) throw new QueryError(`${name} must be a whole number above 0, not ${value}`);
  return String(value);
}

function alias(name: string): string {
  if (TAKEN_NAMES.test(name)) throw new QueryError(`"${name}" means something else in SQL; give the column another name`);
  return identifier(name);
}

function identifier(name: string): string {
  if (!IDENTIFIER.test(name))
    throw new QueryError(`"${name}" cannot be a column or table name: use letters, digits and _, at most 63`);
  return name;
}
