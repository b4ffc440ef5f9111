import { figureText } from "../figures.ts";
import { Meter } from "../parts/meter.tsx";
import { changeText, sameSeries } from "./comparison.ts";
import type { BodyProps } from "./panel-body.ts";
import { nameOf } from "./series-name.ts";
import { stateOf } from "./threshold-state.ts";

const MOST_BARS = 8;

/** A bar for each group, measured against the biggest of them and the thresholds. */
export function BarBody({ panel, data, before }: BodyProps) {
  const most = Math.max(...data.series.map(({ figure }) => figure ?? 0), ...panel.thresholds.map(({ at }) => at), 0) || 1;
  const hidden = data.series.length - MOST_BARS;
  const threshold = panel.thresholds.find(({ state }) => state === "warning");
  return (
    <ul class="bars">
      {data.series.slice(0, MOST_BARS).map((series) => {
        const state = stateOf(series.figure, panel.thresholds);
        const name = nameOf(series);
        const change = changeText(series.figure, sameSeries(series, before)?.figure, panel.unit);
        return (
          <li key={name} data-series={name} data-figure={series.figure ?? ""}>
            <div class="bars-line">
              <span class="legend-name">{name}</span>
              <span>
                <b class={state === "ok" ? "" : `is-${state}`}>{figureText(series.figure, panel.unit)}</b>
                {change !== undefined && <span class="muted"> {change}</span>}
              </span>
            </div>
            <Meter label={name} value={series.figure ?? 0} max={most} state={state} />
          </li>
        );
      })}
      {threshold !== undefined && (
        <li class="panel-how">
          warning {threshold.side} {figureText(threshold.at, panel.unit)}
        </li>
      )}
      {hidden > 0 && <li class="muted">{hidden === 1 ? "1 more is" : `${hidden} more are`} smaller</li>}
    </ul>
  );
}
