import type { Panel, PanelData, PanelSeries, QueryPanel, Threshold } from "@monotask/panels";
import { isQueryPanel, topSeries } from "@monotask/panels";
import { HistogramChart } from "../charts/histogram-chart.tsx";
import { coloursOf } from "../charts/palette.ts";
import { Sparkline } from "../charts/sparkline.tsx";
import { TimeChart } from "../charts/time-chart.tsx";
import { errorText, figureOf, figureText } from "../figures.ts";
import { narrow } from "../location.ts";
import { CopyButton, Link } from "../parts/link.tsx";
import { Empty, Failed, Skeleton, State } from "../parts/states.tsx";
import { spanText, timeText } from "../time.ts";
import { useView } from "../viewer.ts";
import { SloPanel } from "./slo-panel.tsx";

export type PanelAnswer = { readonly sql: string } & (
  PanelData | { readonly panelId: string; readonly state: "failed"; readonly error: string }
);

/** A panel in its frame: title, how it was measured, what to do, the SQL. */
export function PanelFrame({ panel, answer, empty }: { panel: Panel; answer: PanelAnswer | undefined; empty: string }) {
  const { say } = useView();
  return (
    <section class={`panel span-${panel.width}`} id={panel.id} aria-labelledby={`${panel.id}-title`}>
      <header class="panel-head">
        <h3 id={`${panel.id}-title`}>
          <Link to={location.pathname} changes={{ panel: panel.id }} class="plain">
            {panel.title}
          </Link>
        </h3>
      </header>
      <div class="panel-body">
        {isQueryPanel(panel) ? <QueryBody panel={panel} answer={answer} empty={empty} /> : <SloPanel name={panel.slo} />}
      </div>
      <footer class="panel-foot">
        <p class="panel-how">{panel.measuredAs}</p>
        <div class="panel-tools">
          {panel.slo !== undefined && panel.kind !== "slo" && (
            <Link to={`/slos/${panel.slo}`} class="button button-quiet">
              SLO
            </Link>
          )}
          {panel.runbook !== undefined && (
            <Link to={`/runbooks/${panel.runbook}`} class="button button-quiet">
              Runbook
            </Link>
          )}
          {answer !== undefined && answer.sql !== "" && <CopyButton text={answer.sql} label="SQL" say={say} />}
        </div>
      </footer>
    </section>
  );
}

function QueryBody({ panel, answer, empty }: { panel: QueryPanel; answer: PanelAnswer | undefined; empty: string }) {
  const { nowMs } = useView();
  const height = panel.kind === "stat" || panel.kind === "gauge" ? 96 : 220;
  if (answer === undefined) return <Skeleton height={height} />;
  if (answer.state === "failed") return <Failed what={panel.title} error={answer.error} />;
  if (answer.state === "empty") return <Empty title="Nothing in this range">{empty}</Empty>;
  const newestMs = (answer.newestStep ?? 0) * 1_000;
  const isOld = answer.newestStep !== undefined && nowMs - newestMs > 3 * answer.stepSeconds * 1_000;
  return (
    <>
      <Figures panel={panel} data={answer} />
      {isOld && (
        <div class="panel-old">
          <State name="no-data">
            Last data point {timeText(newestMs, nowMs)} · {spanText(nowMs - newestMs)} ago
          </State>
        </div>
      )}
    </>
  );
}

function Figures({ panel, data }: { panel: QueryPanel; data: PanelData }) {
  switch (panel.kind) {
    case "stat":
    case "gauge":
      return <StatBody panel={panel} data={data} />;
    case "timeseries":
      return <LinesBody panel={panel} data={data} />;
    case "histogram":
      return <HistogramBody panel={panel} data={data} />;
    case "table":
      return <TableBody panel={panel} data={data} />;
    case "bar":
      return <BarBody panel={panel} data={data} />;
  }
}

function StatBody({ panel, data }: { panel: QueryPanel; data: PanelData }) {
  const { theme } = useView();
  const [series] = data.series;
  if (series === undefined) return <Empty title="No figure in this range" />;
  const { text, unit } = figureOf(series.figure, panel.unit);
  const state = stateOf(series.figure, panel.thresholds);
  const [line] = panel.thresholds;
  return (
    <div class="stat">
      <div class="stat-line">
        <span class={`stat-figure ${state === "ok" ? "" : `is-${state}`}`} data-figure={series.figure ?? ""}>
          {text}
          {unit !== "" && <small> {unit}</small>}
        </span>
        <span class="stat-error">{errorText(series.relativeError)}</span>
        {panel.thresholds.length > 0 && series.figure !== null && (
          <State name={state}>
            {state === "ok" ? "within" : state} {line?.label ?? figureText(line?.at, panel.unit)}
          </State>
        )}
      </div>
      <Sparkline points={series.points} theme={theme} height={44} />
    </div>
  );
}

function LinesBody({ panel, data }: { panel: QueryPanel; data: PanelData }) {
  const { theme, nowMs, deploys } = useView();
  const doesAddUp = panel.values.length === 1 && panel.values.every(({ op }) => op === "rate" || op === "total");
  const { shown, hidden } = topSeries(data.series, doesAddUp);
  const names = shown.map((series) => nameOf(series));
  const colours = coloursOf(names.filter((_, at) => shown[at]?.label !== "capacity"));
  const lines = shown.map((series) => ({
    name: nameOf(series),
    strength: 1 as const,
    points: series.points,
    isReference: series.label === "capacity",
  }));
  return (
    <>
      <TimeChart
        label={`${panel.title}: ${names.join(", ")}`}
        steps={data.steps}
        stepSeconds={data.stepSeconds}
        lines={lines}
        unit={panel.unit}
        thresholds={panel.thresholds}
        deploys={deploys}
        height={190}
        theme={theme}
        nowMs={nowMs}
        isFilled={lines.length === 1}
        onZoom={(from, to) => narrow({ from: String(from), to: String(to), range: undefined })}
      />
      <ul class="legend">
        {shown.map((series) => {
          const name = nameOf(series);
          const state = stateOf(series.figure, panel.thresholds);
          return (
            <li key={name} data-series={name} data-figure={series.figure ?? ""}>
              <i
                class={series.label === "capacity" ? "swatch swatch-reference" : `swatch swatch-${colours.get(name) ?? 0}`}
                aria-hidden="true"
              />
              <span class="legend-name" title={name}>
                {name}
              </span>
              <b class={state === "ok" ? "" : `is-${state}`}>{figureText(series.figure, panel.unit)}</b>
            </li>
          );
        })}
        {hidden > 0 && <li class="muted">{hidden} more are smaller</li>}
      </ul>
    </>
  );
}

function HistogramBody({ panel, data }: { panel: QueryPanel; data: PanelData }) {
  const { theme } = useView();
  if (data.histogram === undefined) return <Empty title="No figure in this range" />;
  const total = data.histogram.counts.reduce((sum, count) => sum + count, 0);
  return (
    <>
      <HistogramChart
        label={`${panel.title}: ${Math.round(total)} events by duration`}
        histogram={data.histogram}
        height={200}
        theme={theme}
      />
      <ul class="legend">
        <li data-series="all" data-figure={total}>
          <span>in this range</span>
          <b>{figureText(total, "count")}</b>
        </li>
      </ul>
    </>
  );
}

function TableBody({ panel, data }: { panel: QueryPanel; data: PanelData }) {
  const { theme } = useView();
  const labels = panel.values.map(({ label }) => label ?? "");
  const groups = new Map<string, PanelSeries[]>();
  for (const series of data.series) {
    const key = series.group.join(" ") || "all";
    groups.set(key, [...(groups.get(key) ?? []), series]);
  }
  const rows = [...groups].slice(0, 12);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={panel.title}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{panel.query.groupBy[0] ?? ""}</th>
            {labels.map((label) => (
              <th scope="col" class="number" key={label}>
                {label}
              </th>
            ))}
            <th scope="col">range</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([group, series]) => (
            <tr key={group} data-series={group}>
              <th scope="row">
                <code>{group}</code>
              </th>
              {labels.map((label) => {
                const own = series.find((one) => (one.label ?? "") === label);
                const state = stateOf(own?.figure ?? null, panel.thresholds);
                return (
                  <td class={`number ${state === "ok" ? "" : `is-${state}`}`} key={label} data-figure={own?.figure ?? ""}>
                    {figureText(own?.figure, panel.unit)}
                  </td>
                );
              })}
              <td>
                <Sparkline
                  points={(series.find(({ label }) => label === labels.at(labels.length > 1 ? 1 : 0)) ?? series[0])?.points ?? []}
                  theme={theme}
                  width={90}
                  height={20}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {groups.size > rows.length && (
        <p class="muted">{groups.size - rows.length} more are not shown: narrow the range or the worker</p>
      )}
    </div>
  );
}

function BarBody({ panel, data }: { panel: QueryPanel; data: PanelData }) {
  const most = Math.max(...data.series.map(({ figure }) => figure ?? 0), ...panel.thresholds.map(({ at }) => at), 0) || 1;
  return (
    <ul class="bars">
      {data.series.slice(0, 8).map((series) => {
        const state = stateOf(series.figure, panel.thresholds);
        const name = nameOf(series);
        return (
          <li key={name} data-series={name} data-figure={series.figure ?? ""}>
            <div class="bars-line">
              <span class="legend-name">{name}</span>
              <b class={state === "ok" ? "" : `is-${state}`}>{figureText(series.figure, panel.unit)}</b>
            </div>
            <meter min={0} max={most} value={series.figure ?? 0} class={`meter meter-${state}`} aria-label={name} />
          </li>
        );
      })}
    </ul>
  );
}

/** The group's values that tell it apart, and the value's label. The name of a gauge is the panel's own. */
export function nameOf(series: PanelSeries): string {
  const group = series.group.filter((part) => part !== "" && part !== "worker.memory.mean");
  const named = group.map((part) => (part === "worker.memory.p50" ? "P50" : part));
  return [...named, ...(series.label === undefined ? [] : [series.label])].join(" · ") || "all";
}

export function stateOf(figure: number | null, thresholds: readonly Threshold[]): "ok" | "warning" | "critical" {
  if (figure === null) return "ok";
  const crossed = thresholds.filter(({ at, side }) => (side === "below" ? figure < at : figure > at));
  if (crossed.some(({ state }) => state === "critical")) return "critical";
  return crossed.length > 0 ? "warning" : "ok";
}
