import type { PanelHistogram, PanelUnit } from "@monotask/panels";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { countText, figureText } from "../figures.ts";
import { token } from "./palette.ts";

export interface HistogramChartProps {
  readonly label: string;
  readonly histogram: PanelHistogram;
  readonly unit: PanelUnit;
  readonly height: number;
  readonly theme: "light" | "dark";
}

/** Events by size, in the bins of the definition: a logarithmic axis for durations. */
export function HistogramChart({ label, histogram, unit, height, theme }: HistogramChartProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const { edges, counts } = trimmed(histogram);
    const plot = new uPlot(
      options({ edges, unit, width: element.clientWidth, height }),
      [counts.map((_, at) => at), [...counts]],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [histogram, unit, height, theme]);
  return (
    <div class="chart" role="img" aria-label={label}>
      <div ref={host} class="chart-plot" />
    </div>
  );
}

/** Room for the label of an edge, CSS pixels. */
const EDGE_WIDTH = 50;

/** Events are whole: an axis of few of them has no halves. */
const WHOLE_STEPS: number[] = Array.from({ length: 13 }, (_, at) => [1, 2, 5].map((digit) => digit * 10 ** at)).flat();

interface Shape {
  readonly edges: readonly number[];
  readonly unit: PanelUnit;
  readonly width: number;
  readonly height: number;
}

function options({ edges, unit, width, height }: Shape): uPlot.Options {
  const grid = { stroke: token("grid"), width: 1 };
  const font = "11px system-ui, sans-serif";
  const bars = uPlot.paths.bars;
  return {
    width,
    height,
    padding: [10, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [-0.6, edges.length + 0.6] },
      y: { range: (_, __, max) => [0, (max ?? 1) * 1.1 || 1] },
    },
    series: [
      {},
      {
        fill: `${token("series-4")}b3`,
        stroke: token("series-4"),
        width: 1,
        points: { show: false },
        ...(bars !== undefined && { paths: bars({ size: [0.92, 100], radius: 0.12 }) }),
      },
    ],
    axes: [
      {
        stroke: token("muted"),
        grid: { show: false },
        ticks: { show: false },
        font,
        size: 30,
        splits: () => edges.map((_, at) => at + 0.5),
        values: (plot, splits) => {
          const every = Math.ceil((edges.length * EDGE_WIDTH) / Math.max(1, plot.width));
          return splits.map((at, index) => (index % every === 0 ? figureText(edges[Math.round(at - 0.5)] ?? 0, unit) : ""));
        },
      },
      {
        stroke: token("muted"),
        grid,
        ticks: { show: false },
        font,
        size: 56,
        incrs: WHOLE_STEPS,
        values: (_, splits) => splits.map((at) => countText(at)),
      },
    ],
  };
}

/** Without the empty bins at both ends, but for one. */
function trimmed({ edges, counts }: PanelHistogram): PanelHistogram {
  const first = Math.max(0, counts.findIndex((count) => count > 0) - 1);
  const last = Math.min(edges.length, counts.findLastIndex((count) => count > 0) + 1);
  return { edges: edges.slice(first, last), counts: counts.slice(first, last + 1) };
}
