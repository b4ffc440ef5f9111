// The SQL of Workers Analytics Engine as data: what it has.
// Source: developers.cloudflare.com/analytics/analytics-engine/sql-reference (2026-11).

/** A documented function. */
export interface DocumentedFunction {
  /** Spelling in the documentation; callers may use any case. */
  readonly name: string;
  readonly kind: "scalar" | "aggregate";
  /** Fewest and most arguments. */
  readonly args: readonly [number, number];
  /** Fewest and most parameters in a first pair of parentheses, as in `topK(10)(blob1)`. */
  readonly params?: readonly [number, number];
  readonly usage: string;
}

const scalar = (usage: string, min: number, max: number = min): DocumentedFunction => ({
  name: usage.slice(0, usage.indexOf("(")),
  kind: "scalar",
  args: [min, max],
  usage,
});
const aggregate = (usage: string, min: number, max: number = min, params?: readonly [number, number]): DocumentedFunction => ({
  name: usage.slice(0, usage.indexOf("(")),
  kind: "aggregate",
  args: [min, max],
  usage,
  ...(params && { params }),
});

export const documentedFunctions: readonly DocumentedFunction[] = [
  aggregate("count()", 0),
  aggregate("sum(x)", 1),
  aggregate("avg(x)", 1),
  aggregate("min(x)", 1),
  aggregate("max(x)", 1),
  aggregate("quantileExactWeighted(q)(x, weight)", 2, 2, [1, 1]),
  aggregate("quantileWeighted(q, x, weight)", 3),
  aggregate("argMax(x, by)", 2),
  aggregate("argMin(x, by)", 2),
  aggregate("first_value(x)", 1),
  aggregate("last_value(x)", 1),
  aggregate("topK(N)(x)", 1, 1, [0, 1]),
  aggregate("topKWeighted(N)(x, weight)", 2, 2, [0, 1]),
  aggregate("countIf(condition)", 1),
  aggregate("sumIf(x, condition)", 2),
  aggregate("avgIf(x, condition)", 2),
  scalar("formatDateTime(time, format[, zone])", 2, 3),
  scalar("now()", 0),
  scalar("today()", 0),
  scalar("toDateTime(x[, zone])", 1, 2),
  scalar("toYear(time)", 1),
  scalar("toMonth(time)", 1),
  scalar("toDayOfWeek(time)", 1),
  scalar("toDayOfMonth(time)", 1),
  scalar("toHour(time)", 1),
  scalar("toMinute(time)", 1),
  scalar("toSecond(time)", 1),
  scalar("toUnixTimestamp(time)", 1),
  scalar("toStartOfInterval(time, INTERVAL '5' MINUTE[, zone])", 2, 3),
  scalar("toStartOfYear(time)", 1),
  scalar("toStartOfMonth(time)", 1),
  scalar("toStartOfWeek(time)", 1),
  scalar("toStartOfDay(time)", 1),
  scalar("toStartOfHour(time)", 1),
  scalar("toStartOfFifteenMinutes(time)", 1),
  scalar("toStartOfTenMinutes(time)", 1),
  scalar("toStartOfFiveMinutes(time)", 1),
  scalar("toStartOfMinute(time)", 1),
  scalar("toYYYYMM(time)", 1),
  scalar("extract(HOUR FROM time)", 1),
  scalar("length(text)", 1),
  scalar("empty(text)", 1),
  scalar("lower(text)", 1),
  scalar("lowerUTF8(text)", 1),
  scalar("toLower(text)", 1),
  scalar("upper(text)", 1),
  scalar("upperUTF8(text)", 1),
  scalar("toUpper(text)", 1),
  scalar("startsWith(text, prefix)", 2),
  scalar("endsWith(text, suffix)", 2),
  scalar("position(needle IN text)", 2),
  scalar("substring(text, offset[, length])", 2, 3),
  scalar("format(pattern, value, ...)", 1, 100),
  scalar("if(condition, then, else)", 3),
  scalar("toUInt8(x)", 1),
  scalar("toUInt32(x)", 1),
  scalar("intDiv(a, b)", 2),
  scalar("log(x)", 1),
  scalar("ln(x)", 1),
  scalar("pow(x, y)", 2),
  scalar("round(x[, digits])", 1, 2),
  scalar("floor(x[, digits])", 1, 2),
  scalar("ceil(x[, digits])", 1, 2),
  scalar("bin(x)", 1),
  scalar("hex(x)", 1),
  scalar("bitAnd(a, b)", 2),
  scalar("bitCount(a)", 1),
  scalar("bitHammingDistance(a, b)", 2),
  scalar("bitNot(a)", 1),
  scalar("bitOr(a, b)", 2),
  scalar("bitRotateLeft(a, n)", 2),
  scalar("bitRotateRight(a, n)", 2),
  scalar("bitShiftLeft(a, n)", 2),
  scalar("bitShiftRight(a, n)", 2),
  scalar("bitTest(a, n)", 2),
  scalar("bitXor(a, b)", 2),
];

/** Functions ClickHouse's parser writes for documented operators and syntax: name → fewest and most arguments. */
export const operatorFunctions: Readonly<Record<string, readonly [number, number]>> = {
  plus: [2, 2],
  minus: [2, 2],
  multiply: [2, 2],
  divide: [2, 2],
  modulo: [2, 2],
  negate: [1, 1],
  equals: [2, 2],
  notEquals: [2, 2],
  less: [2, 2],
  greater: [2, 2],
  lessOrEquals: [2, 2],
  greaterOrEquals: [2, 2],
  in: [2, 2],
  notIn: [2, 2],
  like: [2, 2],
  notLike: [2, 2],
  ilike: [2, 2],
  notILike: [2, 2],
  and: [2, 1000],
  or: [2, 1000],
  not: [1, 1],
  countDistinct: [1, 1],
  sumDistinct: [1, 1],
  avgDistinct: [1, 1],
  toIntervalYear: [1, 1],
  toIntervalMonth: [1, 1],
  toIntervalDay: [1, 1],
  toIntervalHour: [1, 1],
  toIntervalMinute: [1, 1],
  toIntervalSecond: [1, 1],
};

/** Aggregates among the operator functions. */
export const distinctAggregates: ReadonlySet<string> = new Set(["countDistinct", "sumDistinct", "avgDistinct"]);

/** Words that mean something in a statement, as ClickHouse's formatter writes them. */
export const allowedKeywords: ReadonlySet<string> = new Set([
  "SELECT", "AS", "FROM", "WHERE", "GROUP", "BY", "HAVING", "ORDER", "ASC", "DESC", "LIMIT", "OFFSET", "FORMAT",
  "AND", "OR", "NOT", "IN", "LIKE", "ILIKE", "true", "false",
]); // prettier-ignore

/** Answer formats, by their documented spelling. */
export const formats: ReadonlySet<string> = new Set(["JSON", "JSONEachRow", "TabSeparated"]);

/** Node kinds that ClickHouse's parser makes out of the documented statements. */
export const allowedNodes: ReadonlySet<string> = new Set([
  "SelectWithUnionQuery", "ExpressionList", "SelectQuery", "TablesInSelectQuery", "TablesInSelectQueryElement", "TableExpression",
  "TableIdentifier", "Subquery", "Function", "Identifier", "Literal", "OrderByElement", "Asterisk",
]); // prettier-ignore
