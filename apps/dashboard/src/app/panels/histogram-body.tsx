import { quantileOf } from "@monotask/panels";
import { HistogramChart } from "../charts/histogram-chart.tsx";
import { figureText } from "../figures.ts";
import { Empty } from "../parts/states.tsx";
import { useView } from "../viewer.ts";
import { changeText } from "./comparison.ts";
import type { BodyProps } from "./panel-body.ts";

/** Events by size, how many there were, and where the middle and the slow end lie. */
export function HistogramBody({ panel, data, before }: BodyProps) {
  const { theme } = useView();
  if (data.histogram === undefined) return <Empty title="No figure in this range" />;
  const { counts, edges } = data.histogram;
  const total = totalOf(counts);
  const change = before?.histogram === undefined ? undefined : changeText(total, totalOf(before.histogram.counts), "count");
  return (
    <>
      <HistogramChart
        label={`${panel.title}: ${Math.round(total)} events by ${panel.unit === "ms" ? "duration" : "size"}`}
        histogram={data.histogram}
        unit={panel.unit}
        height={200}
        theme={theme}
      />
      <ul class="legend">
        <li data-series="all" data-figure={total}>
          <span class="muted">in this range</span>
          <b>{figureText(total, "count")}</b>
          {change !== undefined && <span class="muted">{change}</span>}
        </li>
        {([0.5, 0.95] as const).map((q) => (
          <li key={q}>
            <span class="muted">P{q * 100}</span>
            <b>≈ {figureText(Number(quantileOf(counts, edges, q).toPrecision(2)), panel.unit)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}

function totalOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
