import type { PanelSeries } from "@monotask/panels";
import { Sparkline } from "../charts/sparkline.tsx";
import { figureText } from "../figures.ts";
import { narrow } from "../location.ts";
import { useView } from "../viewer.ts";
import { changeText, sameSeries } from "./comparison.ts";
import { filterOf } from "./narrowing.ts";
import type { BodyProps } from "./panel-body.ts";
import { nameOf } from "./series-name.ts";
import { stateOf } from "./threshold-state.ts";

const MOST_ROWS = 12;
/** What people call the field that rows are grouped by. */
const HEADS: Readonly<Record<string, string>> = { endpoint: "route", workerName: "worker" };

/** A row for each group, a column for each value, and the shape of the telling one. */
export function TableBody({ panel, data, before }: BodyProps) {
  const { theme, place } = useView();
  const labels = panel.values.map(({ label }) => label ?? "");
  const groups = new Map<string, PanelSeries[]>();
  for (const series of data.series) {
    const key = nameOf({ group: series.group, label: undefined });
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  const rows = [...groups].slice(0, MOST_ROWS);
  const field = panel.query.groupBy[0] ?? "";
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={panel.title}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{HEADS[field] ?? field}</th>
            {labels.map((label) => (
              <th scope="col" class="number" key={label}>
                {label}
              </th>
            ))}
            <th scope="col" class="table-shape">
              {labels.length > 1 ? `${labels[1] ?? ""} over the range` : "over the range"}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([group, series]) => {
            const [first] = series;
            const filter = first === undefined ? undefined : filterOf(panel, first);
            return (
              <tr key={group} data-series={group}>
                <th scope="row">
                  {filter === undefined ? (
                    <code>{group}</code>
                  ) : (
                    <button
                      type="button"
                      class="legend-series"
                      title={`Narrow the page to ${group}`}
                      aria-pressed={place.query[filter.name] === filter.value}
                      onClick={() =>
                        narrow({ [filter.name]: place.query[filter.name] === filter.value ? undefined : filter.value })
                      }
                    >
                      <code>{group}</code>
                    </button>
                  )}
                </th>
                {labels.map((label) => {
                  const own = series.find((one) => (one.label ?? "") === label);
                  const state = stateOf(own?.figure ?? null, panel.thresholds);
                  const change =
                    own === undefined ? undefined : changeText(own.figure, sameSeries(own, before)?.figure, panel.unit);
                  return (
                    <td class={`number ${state === "ok" ? "" : `is-${state}`}`} key={label} data-figure={own?.figure ?? ""}>
                      {figureText(own?.figure, panel.unit)}
                      {change !== undefined && <div class="muted">{change}</div>}
                    </td>
                  );
                })}
                <td class="table-shape">
                  <Sparkline
                    points={(series.find(({ label }) => label === labels.at(labels.length > 1 ? 1 : 0)) ?? first)?.points ?? []}
                    theme={theme}
                    width={96}
                    height={20}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {groups.size > rows.length && (
        <p class="muted">{groups.size - rows.length} more are not shown: narrow the range or the worker</p>
      )}
    </div>
  );
}
