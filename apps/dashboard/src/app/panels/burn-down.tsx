import { useMemo } from "preact/hooks";
import { deploysOf } from "../deploys.ts";
import type { VersionAnswer } from "../deploys.ts";
import type { Stretch } from "../charts/chart-marks.ts";
import { TimeChart } from "../charts/time-chart.tsx";
import type { Line } from "../charts/time-chart.tsx";
import type { SliceView, SloView } from "../evaluator.ts";
import { Empty, Show } from "../parts/states.tsx";
import { useRead } from "../read.ts";
import { spanText, timeText } from "../time.ts";
import { useView } from "../viewer.ts";

/** Cells that the evaluator keeps, in minutes, and the longest window that each is read for. */
const CELLS: readonly (readonly [spanMinutes: number, longestWindowMinutes: number])[] = [
  [1, 720],
  [5, 4 * 1_440],
  [60, Number.POSITIVE_INFINITY],
];
/** A cell that alone spends more than this share of the budget is an incident. */
const INCIDENT_SHARE = 0.01;

/** Budget left against time over the objective's window, with the line of even spending, from the counts that the evaluator stores. */
export function BurnDown({ slo }: { slo: SloView }) {
  const { turn, nowMs, theme } = useView();
  const windowMinutes = Math.max(60, ...(slo.windows ?? []).map(({ minutes }) => minutes));
  const spanMinutes = CELLS.find(([, longest]) => windowMinutes <= longest)?.[0] ?? 60;
  const toMinute = Math.ceil(nowMs / 60_000 / spanMinutes) * spanMinutes;
  const fromMinute = toMinute - windowMinutes;
  const cells = (span: number, from: number): string =>
    `/api/evaluator/slos/${slo.name}/slices?span=${span}&from=${from}&before=${toMinute}`;
  const loaded = useRead<{ slices: readonly SliceView[] }>(cells(spanMinutes, fromMinute), turn);
  // The newest cells have not closed yet: their minutes stand for them.
  const openFrom = toMinute - 2 * spanMinutes;
  const newest = useRead<{ slices: readonly SliceView[] }>(spanMinutes > 1 ? cells(1, openFrom) : undefined, turn);
  // The window of the objective, whatever range is chosen above.
  const versions = useRead<VersionAnswer>(`/api/versions?from=${fromMinute * 60_000}&to=${toMinute * 60_000}`, turn);
  const deploys = useMemo(
    () => (versions.state === "ready" ? deploysOf(versions.data, fromMinute * 60_000) : []),
    [versions.state === "ready" ? versions.data : undefined, fromMinute],
  );
  const minutes = newest.state === "ready" ? newest.data.slices : undefined;
  const slices = useMemo(
    () => (loaded.state === "ready" ? withOpenCells(loaded.data.slices, minutes ?? [], spanMinutes) : undefined),
    [loaded.state === "ready" ? loaded.data : undefined, minutes, spanMinutes],
  );
  const chart = useMemo(
    () => (slices === undefined ? undefined : burnDown(slices, { fromMinute, toMinute, spanMinutes }, slo)),
    [slices, fromMinute, slo],
  );
  return (
    <section class="panel" aria-labelledby="burn-down">
      <header class="panel-head">
        <h2 id="burn-down">Budget over the last {spanText(windowMinutes * 60_000)}</h2>
      </header>
      <Show loaded={loaded} what="The budget's history">
        {() =>
          chart === undefined ? (
            <Empty title="Nothing has been stored yet">Counts are stored each minute, about two minutes after it ended.</Empty>
          ) : (
            <TimeChart
              label={`Error budget of ${slo.name}`}
              steps={chart.steps}
              stepSeconds={spanMinutes * 60}
              lines={chart.lines}
              unit="percent"
              deploys={deploys}
              height={220}
              theme={theme}
              nowMs={nowMs}
              most={1}
              least={chart.least}
              shaded={chart.shaded}
            />
          )
        }
      </Show>
      <p class="panel-how">
        Failures counted off the budget of the whole window. The dashed line spends it evenly; shaded stretches spent more than a
        hundredth of it at once, striped ones are excluded; gaps were not measured.
        {chart?.measuredFromMs !== undefined &&
          ` Measured since ${timeText(chart.measuredFromMs, nowMs)}: the chart begins shortly before.`}
      </p>
    </section>
  );
}

/** Closed cells, and those that are not closed yet as the sums of their minutes so far. */
function withOpenCells(closed: readonly SliceView[], minutes: readonly SliceView[], spanMinutes: number): SliceView[] {
  const known = new Set(closed.map(({ minute }) => minute));
  const open = new Map<number, { minute: number; good: number; total: number }>();
  for (const { minute, good, total } of minutes) {
    const start = Math.floor(minute / spanMinutes) * spanMinutes;
    if (known.has(start)) continue;
    const sum = open.get(start) ?? { minute: start, good: 0, total: 0 };
    open.set(start, { minute: start, good: sum.good + good, total: sum.total + total });
  }
  return [...closed, ...open.values()];
}

interface BurnDownChart {
  readonly steps: readonly number[];
  readonly lines: readonly Line[];
  readonly least: number;
  /** When the first counts came, where the window is longer than that. */
  readonly measuredFromMs: number | undefined;
  /** Incidents, and what is excluded. */
  readonly shaded: readonly Stretch[];
}

interface Cells {
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly spanMinutes: number;
}

function burnDown(
  slices: readonly SliceView[],
  { fromMinute, toMinute, spanMinutes }: Cells,
  slo: SloView,
): BurnDownChart | undefined {
  const total = slices.reduce((sum, slice) => sum + slice.total, 0);
  const allowed = slo.budgetAllowedEvents ?? total * (1 - Number.parseFloat(slo.target.replace(/^\D+/, "")) / 100);
  if (slices.length === 0 || allowed <= 0) return undefined;
  const byStart = new Map(slices.map((slice) => [slice.minute, slice]));
  const starts = Array.from(
    { length: Math.round((toMinute - fromMinute) / spanMinutes) },
    (_, at) => fromMinute + at * spanMinutes,
  );
  // A young objective would be a dot at the right edge: what was measured takes a third of the chart at least.
  const firstMinute = Math.min(...byStart.keys());
  const shownFrom = Math.max(fromMinute, firstMinute - 2 * Math.max(spanMinutes, toMinute - firstMinute));
  const skipped = starts.filter((start) => start < shownFrom).length;
  let spent = 0;
  const left = starts.map((start) => {
    const slice = byStart.get(start);
    if (slice === undefined) return null;
    spent += (slice.total - slice.good) / allowed;
    return 1 - spent;
  });
  const even = starts.map((_, at) => 1 - (at + 1) / starts.length);
  const isIncident = (start: number): boolean => {
    const slice = byStart.get(start);
    return slice !== undefined && (slice.total - slice.good) / allowed > INCIDENT_SHARE;
  };
  return {
    steps: starts.slice(skipped).map((start) => start * 60),
    lines: [
      { name: "budget left", strength: 1, points: left.slice(skipped) },
      { name: "even spending", strength: 2, points: even.slice(skipped), isReference: true },
    ],
    measuredFromMs: skipped > 0 ? firstMinute * 60_000 : undefined,
    least: Math.min(0, ...left.filter((value) => value !== null)),
    shaded: [
      ...starts.filter(isIncident).map((start) => ({ fromMs: start * 60_000, toMs: (start + spanMinutes) * 60_000 })),
      ...(slo.exclusions ?? []).map((one) => ({
        fromMs: one.fromMinute * 60_000,
        toMs: one.toMinute * 60_000,
        isExcluded: true,
      })),
    ],
  };
}
