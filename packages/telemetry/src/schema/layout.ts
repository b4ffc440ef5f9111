import type { BlobColumn, DoubleColumn } from "./columns.ts";
import { fixedColumns, kindColumns, KINDS } from "./schema.ts";

type Columns = Readonly<Record<string, BlobColumn | DoubleColumn>>;

/** What every kind has stands under this name; what a kind has beyond it under its own. */
export const EVERY_KIND = "";

/**
 * Which field stands at which position, by kind: texts, a semicolon, numbers; nothing between two commas where a position is free.
 * Derived from the schema, and all of it that the writer needs. The build writes out its value, so that the schema's words do not
 * ship into a Worker.
 */
export const layouts: Readonly<Record<string, string>> = Object.fromEntries([
  [EVERY_KIND, written(fixedColumns, 1, 1)],
  ...KINDS.map((kind) => {
    const { blob, double } = fieldsOf(fixedColumns);
    return [kind, written(kindColumns[kind], blob.length + 1, double.length + 1)] as const;
  }),
]);

/** The fields of columns from these positions on. */
function written(columns: Columns, firstBlob: number, firstDouble: number): string {
  const { blob, double } = fieldsOf(columns);
  // Array.from visits the positions that are free.
  return [blob.slice(firstBlob - 1), double.slice(firstDouble - 1)].map((fields) => Array.from(fields).join(",")).join(";");
}

function fieldsOf(columns: Columns): Record<"blob" | "double", string[]> {
  const fields: Record<"blob" | "double", string[]> = { blob: [], double: [] };
  for (const [field, { type, position }] of Object.entries(columns)) fields[type][position - 1] = field;
  return fields;
}
