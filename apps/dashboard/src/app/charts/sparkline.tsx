import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { token } from "./palette.ts";

/** A line as small as a word: its shape, not its figures. */
export function Sparkline({
  points,
  theme,
  width,
  height,
}: {
  points: readonly (number | null)[];
  theme: string;
  width?: number;
  height: number;
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
          scales: { x: { time: false }, y: { range: (_, __, max) => [0, (max ?? 1) * 1.05 || 1] } },
          axes: [{ show: false }, { show: false }],
          series: [{}, { stroke: colour, width: 1.4, fill: `${colour}1f`, points: { show: false } }],
        },
        [points.map((_, at) => at), [...points]],
        element,
      );
    const plot = draw(width ?? element.clientWidth);
    return () => plot.destroy();
  }, [points, theme, width, height]);
  return <div class="spark" ref={host} aria-hidden="true" />;
}
