import { limits } from "./data-point.ts";

const numbered = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}${i + 1}`);

/** Documented columns of a dataset's table, in the order of `SELECT *`. */
export const columns: readonly string[] = [
  "dataset",
  "timestamp",
  "_sample_interval",
  "index1",
  ...numbered("blob", limits.blobsPerPoint),
  ...numbered("double", limits.doublesPerPoint),
];

/** The columns an insert gives; `dataset` fills itself. */
export const insertedColumns: readonly string[] = columns.slice(1);

/** Names a dataset may have: what a binding may name, and what needs no escaping beyond backquotes in SQL. */
const datasetName = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$/;

/** Why a name cannot be a dataset, or undefined if it can. */
export function whyNotADataset(name: string): string | undefined {
  return datasetName.test(name)
    ? undefined
    : `"${name.slice(0, 120)}" cannot be a dataset: use 1 to 100 letters, digits, underscores and dashes, beginning with no dash`;
}

/** The statement that makes the table of a dataset. Timestamps are whole seconds, as in production. */
export function createTableStatement(database: string, dataset: string): string {
  const types = columns.map((column) => `\`${column}\` ${columnType(column, dataset)}`);
  // One partition: history over many months may arrive in one insert, which ClickHouse refuses above 100 partitions.
  return `CREATE TABLE IF NOT EXISTS \`${database}\`.\`${dataset}\` (${types.join(", ")}) ENGINE = MergeTree ORDER BY timestamp SETTINGS old_parts_lifetime = 10`;
}

function columnType(column: string, dataset: string): string {
  if (column === "dataset") return `String DEFAULT '${dataset}'`;
  if (column === "timestamp") return "DateTime";
  if (column === "_sample_interval") return "UInt32";
  return column.startsWith("double") ? "Float64" : "String";
}
