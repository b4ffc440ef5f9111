const BARS = "▁▂▃▄▅▆▇█";

/** Bars from 0 to the highest value; a blank where nothing was measured, which is not zero. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const highest = Math.max(0, ...values.filter((value) => value !== undefined));
  return values
    .map((value) => {
      if (value === undefined || !Number.isFinite(value)) return " ";
      const level = highest === 0 ? 0 : Math.round((Math.max(0, value) / highest) * (BARS.length - 1));
      return BARS[level] ?? " ";
    })
    .join("");
}
