import type { Row } from "@monotask/telemetry";
import type { PanelUnit } from "../definition/panel.ts";
import { KIND_COLUMN, STEP_COLUMN } from "../plan/plan.ts";
import type { PlannedPanel, Scan } from "../plan/plan.ts";
import { openFromMs, stepsOf } from "../plan/range.ts";
import type { StepRange } from "../plan/range.ts";
import { NOTHING, numberIn, plus, summedOf } from "./sums.ts";
import type { Summed } from "./sums.ts";
import { isZeroWithoutRows, relativeError, valueOf } from "./value.ts";

/** One line, bar or row of a panel. */
export interface PanelSeries {
  /** Values of the group fields, in the panel's order; empty where it has none. */
  readonly group: readonly string[];
  /** What the value is called beside others of the same group. */
  readonly label: string | undefined;
  readonly unit: PanelUnit;
  /** One for each step; null is a gap, never zero. */
  readonly points: readonly (number | null)[];
  /** The one figure of the series: over the range, or of the newest closed step. */
  readonly figure: number | null;
  readonly most: number | null;
  /** ± share of the figure, 95 %, from sampling. */
  readonly relativeError: number;
}

export interface PanelHistogram {
  readonly edges: readonly number[];
  /** Events below the first edge, between edges, and from the last on. */
  readonly counts: readonly number[];
}

/** What a panel shows. */
export interface PanelData {
  readonly panelId: string;
  /** `empty`: no point of this kind lies in the range. */
  readonly state: "data" | "empty";
  /** Starts of the steps, epoch seconds. */
  readonly steps: readonly number[];
  readonly stepSeconds: number;
  readonly series: readonly PanelSeries[];
  readonly histogram: PanelHistogram | undefined;
  /** Start of the newest step with points of the panel, epoch seconds; of errors, with any: none of them is no gap. */
  readonly newestStep: number | undefined;
  /** Start of the first step that may still get points, epoch seconds: from there on figures are not whole. Undefined where all are closed. */
  readonly openStep: number | undefined;
}

/** A step of which less than this has passed says too little: it stays a gap until more of it is there. */
const LEAST_SHARE_OF_STEP = 0.2;

/**
 * All panels of a scan, from its rows. The order of the rows does not matter.
 * @param untilMs end of what was measured: rates of the step in which it lies are by the part that has passed. Default: all of the range was
 */
export function readScan(scan: Scan, rows: readonly Row[], untilMs?: number): PanelData[] {
  const steps = stepsOf(scan.range);
  const { stepSeconds } = scan.range;
  const measured = new Set(rows.map((row) => numberIn(row, STEP_COLUMN)));
  const secondsOf = (step: number): number => Math.max(0, Math.min(stepSeconds, (untilMs ?? scan.range.toMs) / 1_000 - step));
  const openStep = untilMs === undefined ? undefined : firstOpenStep(scan.range, untilMs);
  return scan.panels.map((planned) => readPanel(planned, rows, { steps, stepSeconds, measured, secondsOf, openStep }));
}

interface Steps {
  readonly steps: readonly number[];
  /** Steps in which any point of the scan's kinds came: the others are not known. */
  readonly measured: ReadonlySet<number>;
  readonly stepSeconds: number;
  /** How much of a step has passed. */
  readonly secondsOf: (step: number) => number;
  readonly openStep: number | undefined;
}

function firstOpenStep(range: StepRange, nowMs: number): number | undefined {
  const fromMs = openFromMs(range, nowMs);
  return fromMs >= range.toMs ? undefined : fromMs / 1_000;
}

interface Group {
  readonly group: readonly string[];
  readonly byStep: Map<number, Map<string, Summed>>;
  readonly all: Map<string, Summed>;
}

function readPanel(planned: PlannedPanel, rows: readonly Row[], time: Steps): PanelData {
  const { panel } = planned;
  const { steps, stepSeconds, measured, openStep } = time;
  const own = rows.filter((row) => row[KIND_COLUMN] === panel.query.kind);
  const groups = groupsOf(planned, own);
  const counted = [...groups.values()].filter((group) => [...group.all.values()].some(({ count }) => count > 0));
  const histogram = histogramOf(planned, own);
  const hasHistogram = histogram?.counts.some((count) => count > 0) ?? false;
  // Errors that did not happen while requests were measured are zero errors, not absent data.
  const known = panel.query.kind === "error" ? [...measured] : own.map((row) => numberIn(row, STEP_COLUMN));
  const newestStep = known.length === 0 ? undefined : known.reduce((a, b) => Math.max(a, b));
  const isQuiet = counted.length === 0 && measured.size > 0 && panel.query.kind === "error";
  const shown = isQuiet && panel.query.groupBy.length === 0 ? [{ group: [], byStep: new Map(), all: new Map() }] : counted;
  const series = shown.flatMap((group) =>
    histogram === undefined ? panel.values.map((value) => seriesOf(planned, group, value, time)) : [],
  );
  const isEmpty = counted.length === 0 && !hasHistogram && !isQuiet;
  return {
    panelId: panel.id,
    state: isEmpty ? "empty" : "data",
    steps,
    stepSeconds,
    series: series.sort((a, b) => (b.most ?? -1) - (a.most ?? -1) || a.group.join().localeCompare(b.group.join())),
    histogram,
    newestStep,
    openStep,
  };
}

function groupsOf({ panel, groupColumns, measures }: PlannedPanel, rows: readonly Row[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const group = groupColumns.map((column) => String(row[column] ?? ""));
    const key = JSON.stringify(group);
    const known: Group = groups.get(key) ?? { group, byStep: new Map(), all: new Map() };
    groups.set(key, known);
    const step = numberIn(row, STEP_COLUMN);
    const sums = known.byStep.get(step) ?? new Map<string, Summed>();
    known.byStep.set(step, sums);
    for (const name of Object.keys(panel.query.measures)) {
      const columns = measures[name];
      if (columns === undefined || columns.kind === "histogram") continue;
      const summed = summedOf(row, columns);
      sums.set(name, plus(sums.get(name) ?? NOTHING, summed, columns.kind));
      known.all.set(name, plus(known.all.get(name) ?? NOTHING, summed, columns.kind));
    }
  }
  return groups;
}

function seriesOf(
  { panel, measures }: PlannedPanel,
  group: Group,
  value: PlannedPanel["panel"]["values"][number],
  { steps, stepSeconds, measured, secondsOf, openStep }: Steps,
): PanelSeries {
  const points = steps.map((step) => {
    const sums = group.byStep.get(step);
    const seconds = secondsOf(step);
    if (seconds < stepSeconds * LEAST_SHARE_OF_STEP) return null;
    if (sums === undefined) return measured.has(step) && isZeroWithoutRows(value) ? 0 : null;
    return valueOf(value, sums, measures, { seconds });
  });
  const present = points.filter((point) => point !== null);
  const isQuantile = measures[value.of]?.kind === "quantile";
  const measuredSeconds = steps.reduce((total, step) => total + (measured.has(step) ? secondsOf(step) : 0), 0) || stepSeconds;
  // What is counted by time, or ranks all events of a step, needs a whole one; the newest reading of a gauge is good as it is.
  const whole = isQuantile || isZeroWithoutRows(value) ? points.filter((_, at) => isClosed(steps[at], openStep)) : points;
  const figure =
    panel.reduce === "last" || isQuantile
      ? (newestOf(whole) ?? newestOf(points))
      : valueOf(value, group.all, measures, { seconds: measuredSeconds });
  return {
    group: group.group,
    label: value.label,
    unit: panel.unit,
    points,
    figure,
    most: present.length === 0 ? null : Math.max(...present),
    relativeError: relativeError(value, group.all),
  };
}

function isClosed(step: number | undefined, openStep: number | undefined): boolean {
  return openStep === undefined || (step !== undefined && step < openStep);
}

function newestOf(points: readonly (number | null)[]): number | null {
  return points.findLast((point) => point !== null) ?? null;
}

function histogramOf({ panel, measures }: PlannedPanel, rows: readonly Row[]): PanelHistogram | undefined {
  const columns = Object.values(measures).find((candidate) => candidate.kind === "histogram");
  if (panel.kind !== "histogram" || columns === undefined) return undefined;
  const counts = columns.bins.map((bin) => rows.reduce((total, row) => total + numberIn(row, bin), 0));
  return { edges: columns.edges, counts };
}
