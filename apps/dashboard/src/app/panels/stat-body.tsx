import { Sparkline } from "../charts/sparkline.tsx";
import { errorText, figureOf, figureText } from "../figures.ts";
import { Empty, State } from "../parts/states.tsx";
import { useView } from "../viewer.ts";
import { changeText, sameSeries } from "./comparison.ts";
import type { BodyProps } from "./panel-body.ts";
import { stateOf, stateText } from "./threshold-state.ts";

/** One figure, whether it is good, and its shape over the range. */
export function StatBody({ panel, data, before }: BodyProps) {
  const { theme } = useView();
  const [series] = data.series;
  if (series === undefined) return <Empty title="No figure in this range" />;
  const { text, unit } = figureOf(series.figure, panel.unit);
  const state = stateOf(series.figure, panel.thresholds);
  const earlier = sameSeries(series, before)?.figure;
  const change = changeText(series.figure, earlier, panel.unit);
  return (
    <div class="stat">
      <div class="stat-line">
        <span class={`stat-figure ${state === "ok" ? "" : `is-${state}`}`} data-figure={series.figure ?? ""}>
          {text}
          {unit !== "" && <small> {unit}</small>}
        </span>
        <span class="stat-error">{errorText(series.relativeError)}</span>
        {panel.thresholds.length > 0 && series.figure !== null && (
          <State name={state}>{stateText(series.figure, panel.thresholds, panel.unit)}</State>
        )}
      </div>
      {before !== undefined && (
        <p class="stat-before" data-change={change ?? ""}>
          {change === undefined ? "not measured before" : `${change}, before ${figureText(earlier, panel.unit)}`}
        </p>
      )}
      <Sparkline points={series.points} theme={theme} height={44} line={panel.thresholds[0]} />
    </div>
  );
}
