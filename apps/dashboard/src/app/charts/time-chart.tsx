import type { PanelUnit, Threshold } from "@monotask/panels";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { versionText } from "../deploys.ts";
import { axisText, figureText } from "../figures.ts";
import { timeText, utcText } from "../time.ts";
import type { Deploy } from "../viewer.ts";
import { drawDeploys, drawShades, drawThresholds, type Stretch } from "./chart-marks.ts";
import { lonelyPoints } from "./lonely-points.ts";
import { coloursOf, token } from "./palette.ts";
import { stepByKey } from "./step-by-key.ts";

export interface Line {
  readonly name: string;
  /** Number of its colour in the theme; without one its name decides. */
  readonly colour?: number;
  /** Lines of one name share its colour; 1 is the strongest. */
  readonly strength: 1 | 2 | 3;
  readonly points: readonly (number | null)[];
  readonly isReference?: boolean;
}

export interface TimeChartProps {
  readonly label: string;
  readonly steps: readonly number[];
  readonly stepSeconds: number;
  readonly lines: readonly Line[];
  readonly unit: PanelUnit;
  readonly thresholds?: readonly Threshold[];
  readonly deploys?: readonly Deploy[];
  readonly height: number;
  readonly theme: "light" | "dark";
  readonly nowMs: number;
  /** Stretches that are drawn shaded, such as incidents; those that do not count are striped. */
  readonly shaded?: readonly Stretch[];
  /** First step that may still get points, epoch seconds: what is drawn from there on is not whole. */
  readonly openStep?: number | undefined;
  readonly isFilled?: boolean;
  readonly most?: number;
  readonly least?: number;
  readonly onZoom?: (fromMs: number, toMs: number) => void;
}

const SYNC = uPlot.sync("time");

/** Lines over time. Gaps are gaps; dragging chooses a range; pointing, or the arrow keys, show all lines at that moment. */
export function TimeChart(props: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const shown = useRef<uPlot>(null);
  const { steps, lines, theme, height, deploys, thresholds } = props;
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const draw = (): uPlot => new uPlot(optionsOf(props, element.clientWidth, tip.current), dataOf(props), element);
    const plot = draw();
    shown.current = plot;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== plot.width) plot.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [steps, lines, theme, height, deploys, thresholds, props.shaded]);
  return (
    <div
      class="chart"
      role="img"
      aria-label={props.label}
      aria-description="Arrow keys read one moment after the other"
      tabIndex={0}
      onKeyDown={(event) => pointByKey(shown.current, event, steps)}
      onBlur={() => shown.current?.setCursor(NOWHERE, true)}
    >
      <div ref={host} class="chart-plot" />
      <div ref={tip} class="chart-tip" aria-live="polite" hidden />
    </div>
  );
}

const NOWHERE = { left: -10, top: -10 };

function pointByKey(plot: uPlot | null, event: KeyboardEvent, steps: readonly number[]): void {
  if (plot === null) return;
  if (event.key === "Escape") return plot.setCursor(NOWHERE, true);
  const isPointing = (plot.cursor.left ?? -1) >= 0;
  const step = stepByKey(event.key, isPointing ? (plot.cursor.idx ?? undefined) : undefined, steps.length);
  const seconds = step === undefined ? undefined : steps[step];
  if (seconds === undefined) return;
  event.preventDefault();
  plot.setCursor({ left: plot.valToPos(seconds, "x"), top: plot.over.clientHeight / 2 }, true);
}

function dataOf({ steps, lines }: TimeChartProps): uPlot.AlignedData {
  return [[...steps], ...lines.map(({ points }) => [...points])];
}

function optionsOf(props: TimeChartProps, width: number, tip: HTMLElement | null): uPlot.Options {
  const { lines, unit, nowMs, onZoom } = props;
  const colours = lineColours(lines);
  const text = token("muted");
  const grid = { stroke: token("grid"), width: 1 };
  const font = "11px system-ui, sans-serif";
  return {
    width,
    height: props.height,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: SYNC.key }, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    scales: { x: { time: true }, y: { range: (_, __, max) => [props.least ?? 0, topOf(props, max)] } },
    series: [
      {},
      ...lines.map((line): uPlot.Series => {
        const colour = line.isReference === true ? token("muted") : token(`series-${colours.get(line.name) ?? 0}`);
        return {
          label: line.name,
          stroke: fade(colour, line.strength),
          width: line.strength === 1 ? 1.8 : 1.4,
          ...(line.isReference === true && { dash: [5, 4] }),
          ...(line.strength === 2 && { dash: [6, 3] }),
          ...(line.strength === 3 && { dash: [2, 3] }),
          ...(props.isFilled === true && line.isReference !== true && { fill: `${colour}26` }),
          points: { show: true, filter: (plot, at) => lonelyPoints(plot.data[at] ?? []), size: 4, fill: colour },
          spanGaps: false,
        };
      }),
    ],
    axes: [
      {
        stroke: text,
        grid,
        ticks: { show: false },
        font,
        size: 30,
        space: 70,
        values: (_, splits) => splits.map((at) => axisTime(at * 1_000, props)),
      },
      {
        stroke: text,
        grid,
        ticks: { show: false },
        font,
        size: (_, values) => widestOf(values),
        space: 34,
        ...(unit === "bytes" && { incrs: BYTE_STEPS }),
        values: (_, splits) => splits.map((at) => axisText(at, unit)),
      },
    ],
    hooks: {
      drawClear: [(plot) => drawShades(plot, props)],
      draw: [
        (plot) => drawDeploys(plot, props.deploys ?? [], props.stepSeconds),
        (plot) => drawThresholds(plot, props.thresholds ?? []),
      ],
      setCursor: [(plot) => tip !== null && showTip(plot, props, tip, nowMs)],
      setSelect: [
        (plot) => {
          if (plot.select.width > 4 && onZoom !== undefined) {
            const [from, to] = [plot.posToVal(plot.select.left, "x"), plot.posToVal(plot.select.left + plot.select.width, "x")];
            onZoom(Math.round(from * 1_000), Math.round(to * 1_000));
          }
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** Steps of an axis of bytes: round in MB, not in millions. */
const BYTE_STEPS: number[] = Array.from({ length: 31 }, (_, at) => 2 ** (10 + at));

/** Room for the longest label of an axis, CSS pixels: 11 px figures are about 6.2 wide. */
function widestOf(values: readonly string[] | null): number {
  return Math.max(34, ...(values ?? []).map((value) => 14 + 6.2 * value.length));
}

function lineColours(lines: readonly Line[]): ReadonlyMap<string, number> {
  const own = lines.filter(({ isReference }) => isReference !== true);
  const given = own.flatMap(({ name, colour }) => (colour === undefined ? [] : [[name, colour] as const]));
  return given.length === own.length ? new Map(given) : coloursOf(own.map(({ name }) => name));
}

/** Zero-based, with the first threshold in sight where it is near the data. */
function topOf({ thresholds = [], most }: TimeChartProps, max: number | null): number {
  if (most !== undefined) return most;
  const highest = max ?? 0;
  const near = thresholds.filter(({ at }) => at <= highest * 2.5).map(({ at }) => at);
  const top = Math.max(highest, ...near) * 1.12;
  return top > 0 ? top : 1;
}

function axisTime(ms: number, { steps }: TimeChartProps): string {
  const date = new Date(ms);
  const isLong = (steps.at(-1) ?? 0) - (steps[0] ?? 0) > 3 * 86_400;
  if (isLong || (date.getHours() === 0 && date.getMinutes() === 0))
    return date.toLocaleDateString(undefined, { day: "numeric", month: "short" });
  return date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function fade(colour: string, strength: 1 | 2 | 3): string {
  return strength === 1 ? colour : `${colour}${strength === 2 ? "cc" : "99"}`;
}

function showTip(
  plot: uPlot,
  { lines, steps, unit, deploys = [], stepSeconds, openStep }: TimeChartProps,
  tip: HTMLElement,
  nowMs: number,
): void {
  const { idx, left = -1, top = -1 } = plot.cursor;
  const step = idx === null || idx === undefined ? undefined : steps[idx];
  if (step === undefined || idx === null || idx === undefined || left < 0 || top < 0) {
    tip.hidden = true;
    return;
  }
  const colours = lineColours(lines);
  const title = document.createElement("div");
  title.className = "chart-tip-time";
  const isOpen = openStep !== undefined && step >= openStep;
  title.textContent = `${timeText(step * 1_000, nowMs)} · ${utcText(step * 1_000)}${isOpen ? " · not whole yet" : ""}`;
  const rows = lines
    .map((line) => ({ line, value: line.points[idx] ?? null }))
    .filter(({ value }) => value !== null)
    .map(({ line, value }) => {
      const row = document.createElement("div");
      row.className = "chart-tip-row";
      const swatch = document.createElement("i");
      swatch.className = line.isReference === true ? "swatch swatch-reference" : `swatch swatch-${colours.get(line.name) ?? 0}`;
      const name = document.createElement("span");
      name.textContent = line.name;
      const figure = document.createElement("b");
      figure.textContent = figureText(value, unit);
      row.append(swatch, name, figure);
      return row;
    });
  const own = deploys.filter(({ atMs }) => atMs >= step * 1_000 && atMs < (step + stepSeconds) * 1_000);
  const markers = own.map(({ worker, version }) => {
    const row = document.createElement("div");
    row.className = "chart-tip-deploy";
    row.textContent = `▼ ${worker} version ${versionText(version)} begins`;
    return row;
  });
  tip.replaceChildren(title, ...(rows.length > 0 ? rows : [emptyRow()]), ...markers);
  tip.hidden = false;
  const isRight = left > plot.over.clientWidth / 2;
  tip.style.left = isRight ? "auto" : `${left + plot.over.offsetLeft + 14}px`;
  tip.style.right = isRight ? `${plot.over.clientWidth - left + 14}px` : "auto";
}

function emptyRow(): HTMLElement {
  const row = document.createElement("div");
  row.textContent = "nothing was measured";
  return row;
}
