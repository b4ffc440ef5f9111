// The SQL of Workers Analytics Engine as data: what it has, and for what it has not, what to write instead.
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

/** What the server runs where Analytics Engine's function is another one of ClickHouse's, or ClickHouse has no such name. */
export const renamedFunctions: Readonly<Record<string, string>> = {
  // Documented as counting characters, which ClickHouse's own `length` and `substring` do not.
  length: "lengthUTF8",
  substring: "substringUTF8",
  toLower: "lowerUTF8",
  toUpper: "upperUTF8",
};

/** Functions that answer a DateTime in Analytics Engine and a Date in ClickHouse; weeks begin on Monday (mode 1). */
export const dateTimeRewrites: Readonly<Record<string, { readonly extraArgument?: string }>> = {
  toStartOfYear: {},
  toStartOfMonth: {},
  toStartOfWeek: { extraArgument: "1" },
};

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

const inCode = "fetch the rows and do it in your own code";
const nested = "nest if(): if(a, 1, if(b, 2, 3))";
const readOnly = "this API only reads; points are written through the binding (locally also POST /datasets/<dataset>/points)";
const oneTable = "a query reads one dataset; run one query per dataset and join in your own code";

/** Undocumented words of a statement, and what to write instead. The key is the formatter's spelling. */
export const refusedKeywords: Readonly<Record<string, string>> = {
  ALL: "name the columns",
  ANY: oneTable,
  ANTI: oneTable,
  APPLY: "write the function around each column",
  ARRAY: "blobs and doubles are single values; write one point per item",
  ASOF: oneTable,
  COLLATE: "order by lower(column) under an alias",
  COLUMNS: "name the columns",
  CROSS: oneTable,
  CUBE: "run one query per grouping",
  DISTINCT: "write SELECT column … GROUP BY column, or count(DISTINCT column)",
  EXCEPT: "name the columns you want, or filter with NOT IN (list)",
  FETCH: "write LIMIT n",
  FILL: inCode,
  FINAL: "leave it out; points are never replaced",
  FULL: oneTable,
  GLOBAL: "write IN (list)",
  GROUPING: "run one query per grouping",
  IGNORE: "columns are never NULL; leave IGNORE NULLS out",
  INNER: oneTable,
  INTERPOLATE: inCode,
  INTERSECT: inCode,
  INTO: "read the answer and write the file in your own code",
  IS: "columns are never NULL; compare with '' or 0",
  JOIN: oneTable,
  LEFT: oneTable,
  NULL: "columns are never NULL; write '' or 0",
  NULLS: "columns are never NULL; leave NULLS FIRST/LAST out",
  OUTFILE: "read the answer and write the file in your own code",
  OVER: "window functions do not exist; GROUP BY toStartOfInterval(…) and finish in your own code",
  PASTE: oneTable,
  PREWHERE: "write WHERE",
  QUALIFY: "window functions do not exist; filter in your own code",
  REPLACE: "name the columns",
  RESPECT: "columns are never NULL; leave RESPECT NULLS out",
  RIGHT: oneTable,
  ROLLUP: "run one query per grouping",
  SAMPLE: "sampling is built in; weigh by _sample_interval",
  SEMI: oneTable,
  SETS: "run one query per grouping",
  SETTINGS: "leave it out; settings cannot be changed",
  STREAM: "leave it out",
  TIES: "write LIMIT n",
  TOTALS: "sum the rows in your own code, or run a second query without GROUP BY",
  UNION: "run one query per part and put the rows together in your own code",
  USING: oneTable,
  WINDOW: "window functions do not exist; GROUP BY toStartOfInterval(…) and finish in your own code",
  WITH: "CTEs and WITH modifiers do not exist; write FROM (SELECT …)",
};

/** First words of statements that are no SELECT or SHOW, and other statements: what to do instead. */
export const refusedStatements: Readonly<Record<string, string>> = {
  ALTER: "columns are fixed (blob1…blob20, double1…double20)",
  ATTACH: readOnly,
  BACKUP: readOnly,
  CHECK: readOnly,
  CREATE: "a dataset exists from its first point on",
  DELETE: "points cannot be deleted; they go after three months",
  DESC: "columns are fixed: dataset, timestamp, _sample_interval, index1, blob1…blob20, double1…double20",
  DESCRIBE: "columns are fixed: dataset, timestamp, _sample_interval, index1, blob1…blob20, double1…double20",
  DETACH: readOnly,
  DROP: "datasets cannot be dropped; points go after three months",
  EXCHANGE: readOnly,
  EXISTS: "write SHOW TABLES",
  EXPLAIN: "run the query itself",
  GRANT: "access is by API token",
  INSERT: readOnly,
  KILL: readOnly,
  MOVE: readOnly,
  OPTIMIZE: readOnly,
  PARALLEL: "send one SELECT",
  RENAME: "datasets cannot be renamed",
  RESTORE: readOnly,
  REVOKE: "access is by API token",
  SET: "settings cannot be changed",
  SHOW: "only SHOW TABLES, SHOW TIMEZONE and SHOW TIMEZONES exist",
  SYSTEM: readOnly,
  TRUNCATE: "points cannot be deleted; they go after three months",
  UNDROP: readOnly,
  UPDATE: "points cannot be changed",
  USE: "there is one database; name the dataset after FROM",
  WATCH: readOnly,
};

/** Undocumented functions that people reach for, by lower-case name: what to write instead. */
export const refusedFunctions: Readonly<Record<string, string>> = {
  abs: "write if(x < 0, -x, x)",
  any: "write min(x), first_value(x) or argMax(x, timestamp)",
  anylast: "write last_value(x) or argMax(x, timestamp)",
  array: "blobs and doubles are single values; write one column per item",
  arrayelement: "arrays and subscripts do not exist; write one column per item",
  arrayjoin: "blobs and doubles are single values; write one point per item",
  cast: "convert with toUInt32(x), toUInt8(x), toDateTime(x) or format('{}', x)",
  casewithexpression: nested,
  coalesce: "columns are never NULL; write if(empty(blob1), 'other', blob1)",
  concat: "write format('{}{}', a, b)",
  countdistinct: "write count(DISTINCT x)",
  dateadd: "write time + INTERVAL '1' DAY",
  datediff: "subtract: toUnixTimestamp(b) - toUnixTimestamp(a)",
  datesub: "write time - INTERVAL '1' DAY",
  datetrunc: "write toStartOfInterval(time, INTERVAL '1' HOUR)",
  exists: "sub-queries stand only after FROM; run two queries",
  exp: "write pow(2.718281828459045, x)",
  greatest: "write if(a > b, a, b)",
  grouparray: "write topK(N)(x), or GROUP BY x",
  groupuniqarray: "write topK(N)(x), or GROUP BY x",
  ifnull: "columns are never NULL; write if(empty(blob1), 'other', blob1)",
  isnotnull: "columns are never NULL; compare with '' or 0",
  isnull: "columns are never NULL; compare with '' or 0",
  jsonextract: "write the field to a blob or double of its own",
  jsonextractstring: "write the field to a blob of its own",
  lambda: "lambdas do not exist; do it in your own code",
  left: "write substring(text, 1, n)",
  least: "write if(a < b, a, b)",
  map: "write one column per value",
  match: "write LIKE 'a%' or ILIKE '%a%'",
  median: "write quantileExactWeighted(0.5)(x, _sample_interval)",
  multiif: nested,
  notempty: "write NOT empty(x) or x != ''",
  now64: "write now(); timestamps are whole seconds",
  nullif: "columns are never NULL; write if(a = b, '', a)",
  percentile: "write quantileExactWeighted(q)(x, _sample_interval)",
  quantile: "write quantileExactWeighted(q)(x, _sample_interval)",
  quantileexact: "write quantileExactWeighted(q)(x, _sample_interval)",
  quantiles: "write one quantileExactWeighted(q)(x, _sample_interval) per quantile",
  quantiletdigest: "write quantileExactWeighted(q)(x, _sample_interval)",
  quantiletdigestweighted: "write quantileExactWeighted(q)(x, _sample_interval)",
  quantiletiming: "write quantileExactWeighted(q)(x, _sample_interval)",
  regexp: "write LIKE 'a%' or ILIKE '%a%'",
  replace: inCode,
  replaceall: inCode,
  right: "write substring(text, length(text) - n + 1)",
  splitbychar: "write the parts to blobs of their own",
  splitbystring: "write the parts to blobs of their own",
  sqrt: "write pow(x, 0.5)",
  stddevpop: "write pow(avg(x * x) - pow(avg(x), 2), 0.5)",
  stddevsamp: "write pow(avg(x * x) - pow(avg(x), 2), 0.5)",
  todate: "write toStartOfDay(time), or formatDateTime(time, '%Y-%m-%d')",
  todatetime64: "write toDateTime(x); timestamps are whole seconds",
  tofloat64: "doubles are floats already; of a blob, write the number to a double when writing the point",
  toint32: "write toUInt32(x)",
  toint64: "write toUInt32(x)",
  tointervalweek: "interval units are YEAR, MONTH, DAY, HOUR, MINUTE and SECOND; write INTERVAL '7' DAY",
  tointervalquarter: "interval units are YEAR, MONTH, DAY, HOUR, MINUTE and SECOND; write INTERVAL '3' MONTH",
  tomonday: "write toStartOfWeek(time)",
  tostring: "write format('{}', x)",
  touint16: "write toUInt32(x)",
  touint64: "write toUInt32(x)",
  tounixtimestamp64milli: "write toUnixTimestamp(time); timestamps are whole seconds",
  trim: inCode,
  tuple: "write one column per value",
  tupleelement: "tuples do not exist; write one column per value",
  uniq: "write count(DISTINCT x)",
  uniqcombined: "write count(DISTINCT x)",
  uniqexact: "write count(DISTINCT x)",
  uniqhll12: "write count(DISTINCT x)",
  varpop: "write avg(x * x) - pow(avg(x), 2)",
  varsamp: "write avg(x * x) - pow(avg(x), 2)",
};

/** Spellings that ClickHouse's formatter replaces by others, so that they must be seen in the text as it came. */
export const refusedSymbols: Readonly<Record<string, { readonly construct: string; readonly instead: string }>> = {
  "?": { construct: "`a ? b : c`", instead: "write if(a, b, c)" },
  "::": { construct: "`::` (CAST)", instead: refusedFunctions["cast"] ?? "" },
  "==": { construct: "`==`", instead: "write =" },
  "||": { construct: "`||`", instead: "write format('{}{}', a, b)" },
  "<=>": { construct: "`<=>`", instead: "write =; columns are never NULL" },
  "->": { construct: "a lambda (`->`)", instead: "do it in your own code" },
  "[": { construct: "an array or subscript (`[ ]`)", instead: "write one column per item" },
  "{": { construct: "a query parameter or map (`{ }`)", instead: "put the value into the statement, with ' doubled" },
  "@@": { construct: "`@@`", instead: "settings cannot be read" },
};

/** The same for words: refused wherever they stand bare in the text as it came. */
export const refusedWords: Readonly<Record<string, { readonly construct: string; readonly instead: string }>> = {
  CASE: { construct: "CASE", instead: nested },
  CAST: { construct: "CAST", instead: refusedFunctions["cast"] ?? "" },
  CUBE: { construct: "CUBE", instead: "run one query per grouping" },
  DIV: { construct: "the operator DIV", instead: "write intDiv(a, b)" },
  FILTER: { construct: "FILTER", instead: "write sumIf, countIf or avgIf" },
  MOD: { construct: "the operator MOD", instead: "write a % b" },
  RLIKE: { construct: "RLIKE", instead: "write LIKE 'a%' or ILIKE '%a%'" },
  REGEXP: { construct: "REGEXP", instead: "write LIKE 'a%' or ILIKE '%a%'" },
};

/** Other node kinds of ClickHouse's parser, should one get this far: what they are called in SQL. */
export const refusedNodes: Readonly<Record<string, { readonly construct: string; readonly instead: string }>> = {
  ArrayJoin: { construct: "ARRAY JOIN", instead: "write one point per item" },
  TableJoin: { construct: "JOIN", instead: oneTable },
  WindowDefinition: { construct: "OVER", instead: refusedKeywords["OVER"] ?? "" },
  QualifiedAsterisk: { construct: "`table.*`", instead: "write *" },
  QueryParameter: { construct: "a query parameter", instead: "put the value into the statement" },
  SelectIntersectExceptQuery: { construct: "INTERSECT or EXCEPT", instead: inCode },
  WithElement: { construct: "WITH", instead: refusedKeywords["WITH"] ?? "" },
  SampleRatio: { construct: "SAMPLE", instead: refusedKeywords["SAMPLE"] ?? "" },
  Set: { construct: "SETTINGS", instead: refusedKeywords["SETTINGS"] ?? "" },
};
