import type { BlobColumn, DoubleColumn } from "./columns.ts";
import { fixedColumns, kindColumns, KINDS, type Kind } from "./schema.ts";

/** Which field stands at which position in the points of a kind; empty where the position is free. */
export interface Layout {
  readonly blobs: readonly string[];
  readonly doubles: readonly string[];
}

/**
 * Derived from the schema, and all of it that the writer needs. The build writes out its value, so that the schema's words do not
 * ship into a Worker.
 */
export const layouts: Readonly<Record<string, Layout>> = Object.fromEntries(KINDS.map((kind) => [kind, layoutOf(kind)]));

function layoutOf(kind: Kind): Layout {
  const columns: Readonly<Record<string, BlobColumn | DoubleColumn>> = { ...fixedColumns, ...kindColumns[kind] };
  const fields: Record<"blob" | "double", string[]> = { blob: [], double: [] };
  for (const [field, { type, position }] of Object.entries(columns)) fields[type][position - 1] = field;
  return { blobs: withoutHoles(fields.blob), doubles: withoutHoles(fields.double) };
}

/** Array.from visits the positions that the kind leaves free. */
function withoutHoles(fields: readonly string[]): string[] {
  return Array.from(fields, (field) => field ?? "");
}
