import type { PanelSeries } from "./panel-data.ts";

/** More lines than this cannot be told apart. */
const MOST_SERIES = 7;

/** The biggest series; the rest of those that add up as one, the rest of others left out and counted. */
export function topSeries(
  series: readonly PanelSeries[],
  doesAddUp: boolean,
): { readonly shown: readonly PanelSeries[]; readonly hidden: number } {
  if (series.length <= MOST_SERIES) return { shown: series, hidden: 0 };
  const shown = series.slice(0, MOST_SERIES - 1);
  const rest = series.slice(MOST_SERIES - 1);
  const [first] = rest;
  if (!doesAddUp || first === undefined) return { shown: series.slice(0, MOST_SERIES), hidden: series.length - MOST_SERIES };
  const points = first.points.map((_, at) => sumOf(rest.map((one) => one.points[at] ?? null)));
  const present = points.filter((point) => point !== null);
  const other: PanelSeries = {
    ...first,
    group: [`other (${rest.length})`],
    points,
    figure: sumOf(rest.map(({ figure }) => figure)),
    most: present.length === 0 ? null : Math.max(...present),
    relativeError: 0,
  };
  return { shown: [...shown, other], hidden: 0 };
}

function sumOf(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.reduce((a, b) => a + b, 0);
}
