/** How wide a table may be where nobody says otherwise. */
export const TABLE_COLUMNS = 80;

const GAP = "  ";
/** No column is cut below this. */
const LEAST_COLUMN = 8;

/** A table of left-aligned columns, two blanks apart; the widest columns are cut with `…` until it fits. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], columns: number = TABLE_COLUMNS): string {
  const widths = fitted(
    head.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? "").length))),
    columns,
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cut(cell, widths[at] ?? 0).padEnd(widths[at] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join("\n");
}

function fitted(widths: readonly number[], columns: number): number[] {
  const fit = [...widths];
  const room = columns - GAP.length * Math.max(0, widths.length - 1);
  for (let over = fit.reduce((sum, width) => sum + width, 0) - room; over > 0; over -= 1) {
    const widest = Math.max(...fit);
    if (widest <= LEAST_COLUMN) break;
    fit[fit.lastIndexOf(widest)] = widest - 1;
  }
  return fit;
}

function cut(cell: string, width: number): string {
  return cell.length <= width ? cell : `${cell.slice(0, width - 1)}…`;
}
