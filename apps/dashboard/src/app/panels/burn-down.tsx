import { useMemo } from "preact/hooks";
import { TimeChart } from "../charts/time-chart.tsx";
import type { Line } from "../charts/time-chart.tsx";
import type { SliceView, SloView } from "../evaluator.ts";
import { Empty, Show } from "../parts/states.tsx";
import { useRead } from "../read.ts";
import { spanText } from "../time.ts";
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
  const { turn, nowMs, theme, deploys } = useView();
  const windowMinutes = Math.max(60, ...(slo.windows ?? []).map(({ minutes }) => minutes));
  const spanMinutes = CELLS.find(([, longest]) => windowMinutes <= longest)?.[0] ?? 60;
  const toMinute = Math.ceil(nowMs / 60_000 / spanMinutes) * spanMinutes;
  const fromMinute = toMinute - windowMinutes;
  const loaded = useRead<{ slices: readonly SliceView[] }>(
    `/api/evaluator/slos/${slo.name}/slices?span=${spanMinutes}&from=${fromMinute}&before=${toMinute}`,
    turn,
  );
  const slices = loaded.state === "ready" ? loaded.data.slices : undefined;
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
            <Empty title="Nothing has been stored yet">
              Counts are stored once their {spanMinutes === 60 ? "hour" : "minutes"} closed.
            </Empty>
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
              shaded={chart.incidents}
            />
          )
        }
      </Show>
      <p class="panel-how">
        Failures counted off the budget of the whole window. The dashed line spends it evenly; shaded stretches spent more than a
        hundredth of it at once; gaps were not measured.
      </p>
    </section>
  );
}

interface BurnDownChart {
  readonly steps: readonly number[];
  readonly lines: readonly Line[];
  readonly least: number;
  readonly incidents: readonly { readonly fromMs: number; readonly toMs: number }[];
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
  let spent = 0;
  const left = starts.map((start) => {
    const slice = byStart.get(start);
    if (slice === undefined) return null;
    spent += (slice.total - slice.good) / allowed;
    return 1 - spent;
  });
  const isIncident = (start: number): boolean => {
    const slice = byStart.get(start);
    return slice !== undefined && (slice.total - slice.good) / allowed > INCIDENT_SHARE;
  };
  return {
    steps: starts.map((start) => start * 60),
    lines: [
      { name: "budget left", strength: 1, points: left },
      { name: "even spending", strength: 2, points: starts.map((_, at) => 1 - (at + 1) / starts.length), isReference: true },
    ],
    least: Math.min(0, ...left.filter((value) => value !== null)),
    incidents: starts.filter(isIncident).map((start) => ({ fromMs: start * 60_000, toMs: (start + spanMinutes) * 60_000 })),
  };
}
