import type { Row, Unit } from "@monotask/telemetry";
import { table } from "../table.ts";
import { csv } from "./csv.ts";
import { shownNumber } from "@monotask/runbooks";

/** How rows leave the command. */
export type RowFormat = "table" | "json" | "csv";

export interface ShownColumn {
  readonly name: string;
  /** Undefined for text. */
  readonly unit?: Unit;
}

/** Rows as a table for people, or exactly for machines. */
export function shownRows(rows: readonly Row[], columns: readonly ShownColumn[], format: RowFormat, width?: number): string {
  const names = columns.map(({ name }) => name);
  switch (format) {
    case "json":
      return JSON.stringify(rows, undefined, 2);
    case "csv":
      return csv(
        names,
        rows.map((row) => names.map((name) => row[name] ?? "")),
      );
    case "table":
      return table(
        names.map((name) => name.replaceAll("_", " ").toUpperCase()),
        rows.map((row) => columns.map(({ name, unit }) => shownCell(row[name], unit))),
        width,
      );
  }
}

function shownCell(value: string | number | undefined, unit: Unit | undefined): string {
  if (value === undefined || value === "") return "(none)";
  return typeof value === "number" ? shownNumber(value, unit) : value.replace(/\s+/g, " ");
}
