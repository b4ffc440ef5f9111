import type { Panel, PanelData, QueryPanel } from "@monotask/panels";
import { isQueryPanel } from "@monotask/panels";
import { narrow } from "../location.ts";
import { CopyButton, Link } from "../parts/link.tsx";
import { Empty, Failed, Skeleton, State } from "../parts/states.tsx";
import { spanText, timeText } from "../time.ts";
import { useView } from "../viewer.ts";
import { BarBody } from "./bar-body.tsx";
import { HistogramBody } from "./histogram-body.tsx";
import { LinesBody } from "./lines-body.tsx";
import { hasStopped } from "./has-stopped.ts";
import { narrowedTo } from "./narrowing.ts";
import type { BodyProps } from "./panel-body.ts";
import { SloPanel } from "./slo-panel.tsx";
import { StatBody } from "./stat-body.tsx";
import { TableBody } from "./table-body.tsx";

export type PanelAnswer = { readonly sql: string } & (
  PanelData | { readonly panelId: string; readonly state: "failed"; readonly error: string }
);

interface FrameProps {
  readonly panel: Panel;
  readonly answer: PanelAnswer | undefined;
  /** The panel over the period before, while both are compared. */
  readonly before: PanelAnswer | undefined;
  /** What to do when nothing was ever sent. */
  readonly empty: string;
}

/** A panel in its frame: title, how it was measured, what to do, the SQL. */
export function PanelFrame({ panel, answer, before, empty }: FrameProps) {
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
        {isQueryPanel(panel) ? (
          <QueryBody panel={panel} answer={answer} before={before} empty={empty} />
        ) : (
          <SloPanel name={panel.slo} />
        )}
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

function QueryBody({ panel, answer, before, empty }: FrameProps & { readonly panel: QueryPanel }) {
  const { nowMs, place } = useView();
  const height = panel.kind === "stat" || panel.kind === "gauge" ? 96 : 220;
  if (answer === undefined) return <Skeleton height={height} />;
  if (answer.state === "failed") return <Failed what={panel.title} error={answer.error} />;
  if (answer.state === "empty") return <Nothing narrowed={narrowedTo(place.query)} empty={empty} />;
  const newestMs = (answer.newestStep ?? 0) * 1_000;
  const isOld = hasStopped(answer, nowMs);
  return (
    <>
      <Figures panel={panel} data={answer} before={before?.state === "data" ? before : undefined} />
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

/** What a viewer narrowed to is the likelier reason than that nothing was ever sent. */
function Nothing({ narrowed, empty }: { narrowed: readonly (readonly [name: string, value: string])[]; empty: string }) {
  if (narrowed.length === 0) return <Empty title="Nothing in this range">{empty}</Empty>;
  return (
    <Empty title={`Nothing of ${narrowed.map(([name, value]) => `${name} ${value}`).join(", ")} in this range`}>
      <p>{empty}</p>
      <button
        type="button"
        class="button"
        onClick={() => narrow(Object.fromEntries(narrowed.map(([name]) => [name, undefined])))}
      >
        Show all again
      </button>
    </Empty>
  );
}

function Figures(props: BodyProps) {
  switch (props.panel.kind) {
    case "stat":
    case "gauge":
      return <StatBody {...props} />;
    case "timeseries":
      return <LinesBody {...props} />;
    case "histogram":
      return <HistogramBody {...props} />;
    case "table":
      return <TableBody {...props} />;
    case "bar":
      return <BarBody {...props} />;
  }
}
