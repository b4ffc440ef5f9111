import type { PanelSeries } from "@monotask/panels";
import { topSeries } from "@monotask/panels";
import { useMemo, useState } from "preact/hooks";
import { coloursOf } from "../charts/palette.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import type { Line } from "../charts/time-chart.tsx";
import { figureText } from "../figures.ts";
import { narrow } from "../location.ts";
import { useView } from "../viewer.ts";
import { changeText, pointsBefore, sameSeries } from "./comparison.ts";
import { filterOf } from "./narrowing.ts";
import type { BodyProps } from "./panel-body.ts";
import { nameOf } from "./series-name.ts";
import { stateOf } from "./threshold-state.ts";

/** Lines over time; a click on a name leaves that series alone, on the whole page where every panel has its field. */
export function LinesBody({ panel, data, before }: BodyProps) {
  const { theme, nowMs, deploys, range, place } = useView();
  const [alone, setAlone] = useState<string>();
  const { shown, hidden, drawn, colours, lines } = useMemo(
    () => pictureOf({ panel, data, before }, alone, range.toMs - range.fromMs),
    [panel, data, before, alone, range.toMs - range.fromMs],
  );
  const names = shown.map((series) => nameOf(series));
  const choose = (series: PanelSeries): void => {
    const filter = filterOf(panel, series);
    if (filter === undefined) setAlone(alone === nameOf(series) ? undefined : nameOf(series));
    else narrow({ [filter.name]: place.query[filter.name] === filter.value ? undefined : filter.value });
  };
  return (
    <>
      <TimeChart
        label={`${panel.title}: ${names.join(", ")}`}
        steps={data.steps}
        stepSeconds={data.stepSeconds}
        openStep={data.openStep}
        lines={lines}
        unit={panel.unit}
        thresholds={panel.thresholds}
        deploys={deploys}
        height={190}
        theme={theme}
        nowMs={nowMs}
        isFilled={drawn.length === 1}
        onZoom={(from, to) => narrow({ from: String(from), to: String(to), range: undefined })}
      />
      <ul class="legend">
        {shown.map((series) => {
          const name = nameOf(series);
          const state = stateOf(isReference(series) ? null : series.figure, panel.thresholds);
          const change = changeText(series.figure, sameSeries(series, before)?.figure, panel.unit);
          return (
            <li key={name} data-series={name} data-figure={series.figure ?? ""}>
              <button
                type="button"
                class="legend-series"
                aria-pressed={drawn.length < shown.length && drawn.includes(series)}
                title={filterOf(panel, series) === undefined ? `Show ${name} alone` : `Narrow the page to ${name}`}
                onClick={() => choose(series)}
              >
                <i
                  class={isReference(series) ? "swatch swatch-reference" : `swatch swatch-${colours.get(name) ?? 0}`}
                  aria-hidden="true"
                />
                <span class="legend-name">{name}</span>
                <b class={state === "ok" ? "" : `is-${state}`}>{figureText(series.figure, panel.unit)}</b>
                {change !== undefined && <span class="muted">{change}</span>}
              </button>
            </li>
          );
        })}
        {hidden > 0 && <li class="muted">{hidden === 1 ? "1 more is" : `${hidden} more are`} smaller</li>}
      </ul>
    </>
  );
}

interface Picture {
  readonly shown: readonly PanelSeries[];
  readonly hidden: number;
  /** Those of the shown that are drawn. */
  readonly drawn: readonly PanelSeries[];
  readonly colours: ReadonlyMap<string, number>;
  readonly lines: readonly Line[];
}

function pictureOf({ panel, data, before }: BodyProps, alone: string | undefined, shiftMs: number): Picture {
  const doesAddUp = panel.values.length === 1 && panel.values.every(({ op }) => op === "rate" || op === "total");
  const { shown, hidden } = topSeries(data.series, doesAddUp);
  const chosen = shown.filter((series) => nameOf(series) === alone);
  const drawn = chosen.length > 0 ? chosen : shown;
  const colours = coloursOf(shown.filter((series) => !isReference(series)).map(nameOf));
  const lines: Line[] = drawn.map((series) => ({
    name: nameOf(series),
    colour: colours.get(nameOf(series)) ?? 0,
    strength: 1,
    points: series.points,
    isReference: isReference(series),
  }));
  const [only] = drawn;
  const earlier = only === undefined || drawn.length > 1 ? undefined : sameSeries(only, before);
  if (earlier !== undefined && before !== undefined) {
    const points = pointsBefore(data, before, earlier, shiftMs);
    lines.push({ name: "the period before", strength: 2, points, isReference: true });
  }
  return { shown, hidden, drawn, colours, lines };
}

/** A limit that others are read against. */
function isReference(series: PanelSeries | undefined): boolean {
  return series?.label === "capacity";
}
