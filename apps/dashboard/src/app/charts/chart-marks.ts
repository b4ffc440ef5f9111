import type { Threshold } from "@monotask/panels";
import type uPlot from "uplot";
import type { Deploy } from "../viewer.ts";
import { token } from "./palette.ts";

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isExcluded?: boolean;
}

interface Shades {
  readonly shaded?: readonly Stretch[] | undefined;
  readonly openStep?: number | undefined;
  readonly stepSeconds: number;
}

/** Shades stretches of time, and what is not whole yet, behind the lines. */
export function drawShades(plot: uPlot, { shaded = [], openStep, stepSeconds }: Shades): void {
  const { ctx, bbox } = plot;
  if (openStep !== undefined) {
    // Lines lead from the last whole step to this one.
    const left = Math.max(bbox.left, plot.valToPos(openStep - stepSeconds, "x", true));
    ctx.fillStyle = token("sunken");
    ctx.fillRect(left, bbox.top, Math.max(0, bbox.left + bbox.width - left), bbox.height);
  }
  for (const { fromMs, toMs, isExcluded } of shaded) {
    const left = Math.max(bbox.left, plot.valToPos(fromMs / 1_000, "x", true));
    const width = Math.max(2, Math.min(bbox.left + bbox.width, plot.valToPos(toMs / 1_000, "x", true)) - left);
    if (left > bbox.left + bbox.width) continue;
    if (isExcluded === true) drawStripes(ctx, { left, top: bbox.top, width, height: bbox.height });
    else {
      ctx.fillStyle = `${token("critical")}1f`;
      ctx.fillRect(left, bbox.top, width, bbox.height);
    }
  }
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function drawStripes(ctx: CanvasRenderingContext2D, { left, top, width, height }: Box): void {
  const gap = 6 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.strokeStyle = token("hatch");
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += gap) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

/** A dotted line for each deploy. */
export function drawDeploys(plot: uPlot, deploys: readonly Deploy[], stepSeconds: number): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = token("deploy");
  ctx.fillStyle = token("deploy");
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  let lastX = Number.NEGATIVE_INFINITY;
  for (const { atMs } of deploys) {
    const x = plot.valToPos(atMs / 1_000, "x", true);
    // Those of two hundred workers at once are one: a wall of lines would hide the chart.
    if (x - lastX < 6 * ratio) continue;
    lastX = x;
    if (x < bbox.left + 2 || x > bbox.left + bbox.width || stepSeconds === 0) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - 4 * ratio, bbox.top);
    ctx.lineTo(x + 4 * ratio, bbox.top);
    ctx.lineTo(x, bbox.top + 6 * ratio);
    ctx.fill();
  }
  ctx.restore();
}

/** A dashed line at a threshold; gives its height on the canvas, undefined where it is out of sight. */
export function drawThresholdLine(plot: uPlot, { at, state }: Threshold, dash: readonly number[]): number | undefined {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(at, "y", true);
  if (y < bbox.top || y > bbox.top + bbox.height) return undefined;
  ctx.save();
  ctx.strokeStyle = token(state);
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
  return y;
}

/** A dashed line for each threshold, with its words. */
export function drawThresholds(plot: uPlot, thresholds: readonly Threshold[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  let [lastY, lastEnd] = [Number.NEGATIVE_INFINITY, bbox.left];
  for (const threshold of thresholds) {
    const { state, label } = threshold;
    const y = drawThresholdLine(plot, threshold, [6, 4]);
    if (y === undefined || label === undefined) continue;
    // On the line and at its beginning: the newest values, at the right, stay free.
    const width = ctx.measureText(label).width + 8 * ratio;
    const middle = Math.max(bbox.top + 8 * ratio, y);
    // Two lines close to each other: the second label stands beside the first.
    const left = Math.abs(middle - lastY) < 15 * ratio ? lastEnd : bbox.left + 8 * ratio;
    [lastY, lastEnd] = [middle, left + width + 4 * ratio];
    ctx.fillStyle = token("raised");
    ctx.fillRect(left, middle - 7 * ratio, width, 14 * ratio);
    ctx.fillStyle = token(state);
    ctx.fillText(label, left + 4 * ratio, middle);
  }
  ctx.restore();
}
