import type { PanelSeries, QueryPanel } from "@monotask/panels";

/** Group fields that every kind of point has, by their name in the address. */
const FILTERS: Readonly<Record<string, string>> = { workerName: "worker", endpoint: "endpoint", version: "version" };

/** What the whole page can be narrowed to by choosing a series; undefined where only this panel knows its field. */
export function filterOf(
  { query }: QueryPanel,
  { group }: Pick<PanelSeries, "group">,
): { readonly name: string; readonly value: string } | undefined {
  for (const [at, field] of query.groupBy.entries()) {
    const [name, value] = [FILTERS[field], group[at]];
    // The rest, summed as "other", is no worker or route.
    if (name !== undefined && value !== undefined && value !== "" && !/^other \(\d+\)$/.test(value)) return { name, value };
  }
  return undefined;
}

/** Everything that the page is narrowed to, by its name in the address. */
export function narrowedTo(query: Readonly<Record<string, string | undefined>>): (readonly [name: string, value: string])[] {
  return [...Object.values(FILTERS), "environment"].flatMap((name) => {
    const value = query[name];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
}
