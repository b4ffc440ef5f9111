// node scripts/docs/data-points.ts [--check]: writes the tables of docs/data-points.md from the schema, or says that they are stale.
import { writeTables } from "./generated-page.ts";
import { fixedColumns, kindColumns } from "../../packages/telemetry/src/schema/schema.ts";

type Columns = Readonly<
  Record<string, { readonly type: string; readonly position: number; readonly meaning: string; readonly unit?: string }>
>;

await writeTables("data-points.md", import.meta.filename, tables());

function tables(): string {
  const kinds = Object.entries(kindColumns).map(([kind, columns]) => `### \`${kind}\`\n\n${table(columns)}`);
  return [`### Every kind\n\n${table(fixedColumns)}`, ...kinds].join("\n\n");
}

function table(columns: Columns): string {
  const rows = Object.entries(columns).map(
    ([field, { type, position, unit, meaning }]) => `| \`${field}\` | \`${type}${position}\` | ${unit ?? ""} | ${meaning} |`,
  );
  return ["| field | column | unit | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
