/** How wide a table may be where nobody says otherwise. */
export const TABLE_COLUMNS = 80;

const GAP = "  ";
/** No column is cut below this. */
const LEAST_COLUMN = 8;

/** A table of left-aligned columns, two blanks apart; the widest columns are cut with `…` until it fits. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], columns: number = TABLE_COLUMNS): string {
  const widths = fitted(
    head.map((title, at) => Math.max(title.length, ...rows.map((row) => plainLength(row[at] ?? "")))),
    columns,
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, at) => padded(cut(cell, widths[at] ?? 0), widths[at] ?? 0))
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

const ESCAPE = String.fromCharCode(27);
/** A cell that is coloured as a whole. */
const COLOURED = new RegExp(`^(${ESCAPE}\\[\\d{1,2}m)(.*)(${ESCAPE}\\[0m)$`, "s");

function plainLength(cell: string): number {
  return (COLOURED.exec(cell)?.[2] ?? cell).length;
}

function padded(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - plainLength(cell)));
}

/** A colour that is begun is ended, however short its cell is cut. */
function cut(cell: string, width: number): string {
  const [, begin = "", text = cell, end = ""] = COLOURED.exec(cell) ?? [];
  return text.length <= width ? cell : `${begin}${text.slice(0, width - 1)}…${end}`;
}
