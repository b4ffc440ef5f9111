import type { Threshold } from "@monotask/panels";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { drawThresholdLine } from "./chart-marks.ts";
import { token } from "./palette.ts";

/** A line as small as a word: its shape, not its figures. */
export function Sparkline({
  points,
  theme,
  width,
  height,
  line,
}: {
  points: readonly (number | null)[];
  theme: string;
  width?: number;
  height: number;
  /** Drawn dashed where it is near; a share that must stay above it is shown from below it, not from zero. */
  line?: Threshold | undefined;
}) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const colour = token("accent");
    const draw = (size: number): uPlot =>
      new uPlot(
        {
          width: size,
          height,
          padding: [2, 0, 2, 0],
          legend: { show: false },
          cursor: { show: false },
          scales: { x: { time: false }, y: { range: (_, least, most) => rangeOf(least, most, line) } },
          axes: [{ show: false }, { show: false }],
          series: [{}, { stroke: colour, width: 1.4, fill: `${colour}1f`, points: { show: false } }],
          hooks: { draw: [(plot) => line && drawThresholdLine(plot, line, [4, 3])] },
        },
        [points.map((_, at) => at), [...points]],
        element,
      );
    const plot = draw(width ?? element.clientWidth);
    const observer = new ResizeObserver(() => {
      if (width === undefined && element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [points, theme, width, height, line]);
  return <div class="spark" ref={host} aria-hidden="true" />;
}

function rangeOf(least: number | null, most: number | null, line: Threshold | undefined): [number, number] {
  const top = (most ?? 1) * 1.05 || 1;
  if (line?.side !== "below") return [0, top];
  const bottom = Math.min(least ?? line.at, line.at);
  const room = Math.max(1e-6, (most ?? 1) - bottom);
  return [bottom - room * 0.25, (most ?? 1) + room * 0.1];
}
