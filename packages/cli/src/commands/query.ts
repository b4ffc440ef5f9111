import { columnOf, conditionOf, fieldNamed, KINDS, kindColumns, fixedColumns } from "@monotask/telemetry";
import type { FieldOf, Kind, Query, Row, SqlApi } from "@monotask/telemetry";
import { Help, Option } from "commander";
import type { Command } from "commander";
import { analyticsOf, rowsOrThrow } from "../analytics.ts";
import type { AnalyticsOptions } from "../analytics.ts";
import type { CommandContext } from "../command-context.ts";
import { EXIT, UsageError } from "../io.ts";
import type { Io } from "../io.ts";
import { collected, formatOf, withFormats, withSource } from "./shared-options.ts";
import type { FormatOptions } from "./shared-options.ts";
import { rangeOf, trendOf } from "../query/range.ts";
import type { RangeOptions } from "../query/range.ts";
import { byDimension } from "../query/dimensions.ts";
import { measuresOf } from "../query/measures.ts";
import type { MeasureFlags, NamedMeasure } from "../query/measures.ts";
import { shownRows } from "../show/rows.ts";
import { table } from "../table.ts";

interface QueryOptions extends MeasureFlags, RangeOptions, AnalyticsOptions, FormatOptions {
  readonly kind?: Kind;
  readonly metric?: string;
  readonly by?: readonly string[];
  readonly where?: readonly string[];
  readonly limit: number;
  readonly fields?: string;
}

/** `monotask query` */
export function registerQuery(program: Command, { io, done }: CommandContext): void {
  const query = program
    .command("query")
    .description("ask the data points, in SQL or by flags; figures are weighted for sampling")
    .argument("[sql]", "one Analytics Engine SELECT; leave it out to use the flags")
    .addOption(new Option("--kind <kind>", "kind of the points").choices(KINDS))
    .option("--metric <name>", "a custom metric, by the name given to trackCustomMetric")
    .option("--count", "how many events")
    .option("--by <field>", "group by a field, or by a dimension of --metric (repeatable)", collected)
    .option("--where <condition>", 'such as "status>=500" or "worker=api,web" (repeatable)', collected)
    .option("--since <duration>", "how far back", "1h")
    .option("--until <duration>", "how long ago the range ends")
    .option("--limit <n>", "rows at most", whole, 20)
    .option("--fields <kind>", "list the fields of a kind and end");
  for (const name of ["p50", "p95", "p99", "mean", "sum", "min", "max"]) {
    const what = name.startsWith("p") ? `percentile ${name.slice(1)}` : name;
    query.addOption(
      new Option(`--${name} [field]`, `${what} of a number field (repeatable); of --metric without a field`)
        .preset("")
        .argParser(collected),
    );
  }
  // What an option stands for without its value is in its words already.
  query.configureHelp({ optionDescription: (option) => new Help().optionDescription(option).replace(' (preset: "")', "") });
  withFormats(withSource(query))
    .addHelpText(
      "after",
      `
Examples:
  monotask query --kind request --p95 duration --by endpoint --since 1h
  monotask query --kind error --by fingerprint --by message --since 24h
  monotask query --metric tasks_completed --sum --by project_id --since 7d --csv
  monotask query "SELECT blob3 AS endpoint, sum(_sample_interval * double5) AS n FROM monotask GROUP BY endpoint"

Environment: CLOUDFLARE_ACCOUNT_ID (or ANALYTICS_SQL_URL), ANALYTICS_API_TOKEN, ANALYTICS_DATASET
Exit codes: 0 answered, also with no rows, 1 refused or unreachable, 2 wrong usage`,
    )
    .action(async (sql: string | undefined, options: QueryOptions) => {
      requireOneQuestion(sql, options);
      if (options.fields !== undefined) io.out(fieldsOf(options.fields));
      else if (sql !== undefined) await runSql(io, sql, options);
      else await runTyped(io, options);
      done(EXIT.ok);
    });
}

/** Flags that a statement leaves without a meaning. */
const FLAGS_OF_TYPED = ["kind", "metric", "by", "where", "count", "p50", "p95", "p99", "mean", "sum", "min", "max"] as const;

/** @throws UsageError for flags of which one would be passed over in silence */
function requireOneQuestion(sql: string | undefined, options: QueryOptions): void {
  if (options.json === true && options.csv === true) throw new UsageError("give --json or --csv, not both");
  const typed = FLAGS_OF_TYPED.filter((flag) => options[flag] !== undefined).map((flag) => `--${flag}`);
  if (sql !== undefined && typed.length > 0)
    throw new UsageError(`an SQL text says by itself what it asks: leave out ${typed.join(", ")}`);
  if (options.kind !== undefined && options.kind !== "custom" && options.metric !== undefined)
    throw new UsageError("give --kind or --metric, not both: a metric is of kind custom");
}

async function runSql(io: Io, sql: string, options: QueryOptions): Promise<void> {
  const result = await analyticsOf(io, options).runSql(sql);
  const rows = rowsOrThrow(result);
  if (result.kind === "no-data")
    io.err("monotask: nothing was ever written to that dataset, or no row of the time has that column; see: SHOW TABLES");
  const columns = Object.keys(rows[0] ?? {}).map((name) => ({ name }));
  io.out(
    rows.length === 0 && formatOf(options) === "table" ? "No rows." : shownRows(rows, columns, formatOf(options), io.columns),
  );
}

async function runTyped(io: Io, options: QueryOptions): Promise<void> {
  const kind = options.metric === undefined ? options.kind : "custom";
  if (kind === undefined)
    throw new UsageError(
      "name what to ask: --kind request (or error, queue, …), --metric NAME, or an SQL text; see monotask query --help",
    );
  const measures = measuresOf(kind, options, kind === "custom" ? "value" : undefined);
  const { fromMs, toMs } = rangeOf(io, options);
  const where = [
    ...(options.metric === undefined ? [] : [{ op: "=" as const, field: "name" as const, value: options.metric }]),
    ...(options.where ?? []).map((typed) => conditionOf(kind, typed)),
  ];
  const by = options.by ?? [];
  const fields = by
    .filter((name) => options.metric === undefined || columnOf("custom", name) !== undefined)
    .map((name) => fieldNamed(kind, name));
  const dimension = options.metric === undefined ? undefined : by.find((name) => columnOf("custom", name) === undefined);
  if (options.metric !== undefined && by.length - fields.length > 1)
    throw new UsageError("--by takes one dimension of a metric at a time");
  const first = measures[0]?.name ?? "";
  // Last: what is wrong with the question is said before what is missing to ask it.
  const api = analyticsOf(io, options);
  const query: Query = {
    kinds: [kind],
    fromMs,
    toMs,
    where,
    groupBy: Object.fromEntries(fields.map((field) => [field, { by: "field" as const, field }])),
    select: Object.fromEntries(measures.map(({ name, measure }) => [name, measure])),
  };
  const all = await run(api, { ...query, orderBy: [{ column: first, direction: "desc" }] }, dimension, measures);
  const rows = all.toSorted((a, b) => Number(b[first]) - Number(a[first])).slice(0, options.limit);
  const isEmpty = rows.length === 0 || (by.length === 0 && rows.every((row) => measures.every(({ name }) => !Number(row[name]))));
  const format = formatOf(options);
  const groups = [...fields, ...(dimension === undefined ? [] : [dimension])];
  const columns = [...groups.map((name) => ({ name })), ...measures];
  if (format !== "table") return io.out(shownRows(rows, columns, format));
  if (isEmpty)
    return io.out(`No ${options.metric ?? kind} points in this time. Points are seen about a minute after they were written.`);
  const trend = await trendOf(query, groups, first, (timed) => run(api, timed, dimension, measures));
  const shown = rows.map((row): Row => ({ ...row, trend: trend.of(row) }));
  io.out(shownRows(shown, [...columns, { name: "trend" }], "table", io.columns));
  const more = all.length - rows.length;
  io.out(
    `\ntrend: ${first.replaceAll("_", " ")}, one bar for ${trend.step}${more > 0 ? `; ${more} more rows, see them with --limit ${all.length}` : ""}`,
  );
}

async function run(
  api: SqlApi,
  query: Query,
  dimension: string | undefined,
  measures: readonly NamedMeasure[],
): Promise<readonly Row[]> {
  if (dimension === undefined) return rowsOrThrow(await api.run(query));
  const { orderBy: _unordered, ...rest } = query;
  return byDimension(api, rest as Query<"custom">, dimension, measures);
}

function fieldsOf(kind: string): string {
  const known = KINDS.find((name) => name === kind);
  if (!known) throw new UsageError(`there is no kind "${kind}"; use ${KINDS.join(", ")}`);
  const columns = Object.entries({ ...fixedColumns, ...kindColumns[known] } satisfies Partial<Record<FieldOf<Kind>, unknown>>);
  return table(
    ["FIELD", "COLUMN", "UNIT", "MEANING"],
    columns.map(([name, column]) => [
      name,
      `${column.type}${column.position}`,
      column.type === "double" ? column.unit : "text",
      column.meaning,
    ]),
    120,
  );
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--limit ${text}: use a whole number above 0`);
  return value;
}
