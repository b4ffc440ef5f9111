import { useMemo } from "preact/hooks";
import { Sparkline } from "../charts/sparkline.tsx";
import { TimeChart } from "../charts/time-chart.tsx";
import { versionText } from "../deploys.ts";
import { groupErrors, lifeOf } from "../error-groups.ts";
import type { ErrorAnswer, ErrorGroup, ErrorLife, LifeRow } from "../error-groups.ts";
import { countText } from "../figures.ts";
import { Link } from "../parts/link.tsx";
import { Meter } from "../parts/meter.tsx";
import { NotYet } from "../parts/not-yet.tsx";
import { Empty, Show, State } from "../parts/states.tsx";
import { useRead } from "../read.ts";
import { dataQuery, spanText, timeText, utcText } from "../time.ts";
import { useView } from "../viewer.ts";

/** Bugs, not events: each fingerprint with its trend, where it shows and since which version. */
export function ErrorsPage() {
  const { turn, range, place, nowMs, theme } = useView();
  const isFuture = range.fromMs > nowMs;
  const loaded = useRead<ErrorAnswer>(isFuture ? undefined : `/api/errors?${dataQuery(range, place)}`, turn);
  if (isFuture) return <NotYet />;
  return (
    <section class="panel" aria-labelledby="groups">
      <header class="panel-head">
        <h2 id="groups">Error groups</h2>
      </header>
      <Show loaded={loaded} what="Error groups">
        {(answer) => {
          const groups = groupErrors(answer);
          const since = answer.isCut && <SinceNote fromMs={answer.fromMs} />;
          if (groups.length === 0)
            return (
              <>
                {since}
                <NoErrors />
              </>
            );
          return (
            <>
              {since}
              <ul class="groups">
                {groups.map((group) => (
                  <li key={group.fingerprint} class="group" data-fingerprint={group.fingerprint} data-figure={group.events}>
                    <div class="group-what">
                      <div class="group-head">
                        <SeverityState severity={group.severity} />{" "}
                        <Link to={`/errors/${encodeURIComponent(group.fingerprint)}`}>{group.name}</Link>
                      </div>
                      <p class="group-message">{group.message}</p>
                      <p class="muted">
                        <bdi>{placesText(group)}</bdi> · first in this range {timeText(group.firstMs, nowMs)} · last{" "}
                        {spanText(nowMs - group.lastMs)} ago
                        {group.versions.length > 0 && (
                          <>
                            {" "}
                            · <bdi>{versionsText(group.versions.map(([version]) => version))}</bdi>
                          </>
                        )}
                      </p>
                    </div>
                    <Sparkline points={group.points} theme={theme} width={140} height={36} />
                    <b class="group-count">{countText(group.events)}</b>
                  </li>
                ))}
              </ul>
              {answer.more.groups > 0 && (
                <p class="muted">
                  {countText(answer.more.groups)}
                  {answer.more.isLeast && " or more"} rarer groups are not listed: narrow the range or the worker
                </p>
              )}
            </>
          );
        }}
      </Show>
      <p class="panel-how">
        Grouped by fingerprint: errors of one cause, whatever ids their messages carry. Counts are weighted by sampling.
      </p>
    </section>
  );
}

/** Points are read for a month: what lies before it in the chosen range is left out, and said. */
function SinceNote({ fromMs }: { fromMs: number }) {
  const { nowMs } = useView();
  return <p class="panel-how">Single errors are read for the last 30 days: shown since {timeText(fromMs, nowMs)}.</p>;
}

function NoErrors() {
  return (
    <Empty title="No error in this range">
      Errors arrive from <code>createErrorTracker</code> and <code>monitor(handler)</code> of @monotask/monitoring.
    </Empty>
  );
}

/** Where it shows the most, or who says so where that is no request. */
function placesText({ endpoints, workers }: ErrorGroup): string {
  const shown = endpoints.slice(0, 2).map(([endpoint]) => endpoint);
  return (shown.length > 0 ? shown : workers).join(", ");
}

/** The versions that show a bug the most; the rest counted. */
function versionsText(versions: readonly string[]): string {
  const shown = versions.slice(0, 2).map(versionText).join(", ");
  const more = versions.length - 2;
  return `version ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}

interface Sample {
  readonly stack: string;
  readonly message: string;
  readonly requestId: string;
  readonly operation: string;
  readonly category: string;
  readonly second: number;
}

/** One bug: when, where, in which version, and how it looks. */
export function ErrorGroupPage({ fingerprint }: { fingerprint: string }) {
  const { turn, range, place } = useView();
  const own = `fingerprint=${encodeURIComponent(fingerprint)}`;
  const loaded = useRead<ErrorAnswer>(`/api/errors?${dataQuery(range, place)}&${own}`, turn);
  const detail = useRead<{ samples: readonly Sample[]; life: readonly LifeRow[] }>(
    `/api/errors/${encodeURIComponent(fingerprint)}?${dataQuery(range, place)}`,
    turn,
  );
  return (
    <Show loaded={loaded} what="The error group">
      {(answer) => {
        const [group] = groupErrors(answer);
        return group === undefined ? (
          <Empty title="This error did not happen in this range">
            <Link to="/errors">All error groups</Link>
          </Empty>
        ) : (
          <>
            {answer.isCut && <SinceNote fromMs={answer.fromMs} />}
            <GroupDetail group={group} answer={answer} life={detail.state === "ready" ? lifeOf(detail.data.life) : undefined} />
            <section class="panel" aria-labelledby="samples">
              <header class="panel-head">
                <h2 id="samples">Newest occurrences</h2>
              </header>
              <Show loaded={detail} what="Occurrences">
                {({ samples: list }) =>
                  list.length === 0 ? <Empty title="No occurrence could be read" /> : <Samples samples={list} />
                }
              </Show>
            </section>
          </>
        );
      }}
    </Show>
  );
}

interface DetailProps {
  readonly group: ErrorGroup;
  readonly answer: ErrorAnswer;
  /** Undefined while it is read. */
  readonly life: ErrorLife | undefined;
}

function GroupDetail({ group, answer, life }: DetailProps) {
  const { theme, nowMs, deploys } = useView();
  const steps = useMemo(
    () => group.points.map((_, at) => answer.fromMs / 1_000 + at * answer.stepSeconds),
    [group.points.length, answer.fromMs],
  );
  const lines = useMemo(() => [{ name: group.name, strength: 1 as const, points: group.points }], [group]);
  return (
    <>
      <section class="panel" aria-labelledby="group">
        <header class="panel-head">
          <h2 id="group">
            <SeverityState severity={group.severity} /> {group.name}
          </h2>
          <b>{countText(group.events)} in this range</b>
        </header>
        <p class="sentence group-message">{group.message}</p>
        <dl class="facts">
          <dt>first seen</dt>
          <dd data-fact="first">
            <Seen atMs={life?.firstMs ?? group.firstMs} version={life?.firstVersion} isWhole={life !== undefined} />
          </dd>
          <dt>last seen</dt>
          <dd data-fact="last">
            <Seen atMs={life?.lastMs ?? group.lastMs} version={life?.lastVersion} isWhole={life !== undefined} />
          </dd>
          <dt>{group.workers.length === 1 ? "worker" : "workers"}</dt>
          <dd>{group.workers.join(", ")}</dd>
          <dt>fingerprint</dt>
          <dd>
            <code>{group.fingerprint}</code>
          </dd>
        </dl>
        <TimeChart
          label={`${group.name} over time`}
          steps={steps}
          stepSeconds={answer.stepSeconds}
          lines={lines}
          unit="count"
          deploys={deploys}
          height={180}
          theme={theme}
          nowMs={nowMs}
          isFilled
        />
      </section>
      <div class="grid">
        <Shares title="Affected routes" rows={group.endpoints} total={group.events} />
        <Shares title="Versions" rows={group.versions} total={group.events} />
      </div>
    </>
  );
}

/** A moment with how long ago it was and the version that answered. */
function Seen({ atMs, version, isWhole }: { atMs: number; version: string | undefined; isWhole: boolean }) {
  const { nowMs } = useView();
  return (
    <>
      <time dateTime={new Date(atMs).toISOString()} title={utcText(atMs)}>
        {timeText(atMs, nowMs)}
      </time>
      <span class="muted">
        {" "}
        · {spanText(nowMs - atMs)} ago
        {version !== undefined && version !== "" && ` · version ${versionText(version)}`}
        {!isWhole && " · in this range"}
      </span>
    </>
  );
}

function Shares({ title, rows, total }: { title: string; rows: readonly (readonly [string, number])[]; total: number }) {
  return (
    <section class="panel span-6" aria-label={title}>
      <header class="panel-head">
        <h2>{title}</h2>
      </header>
      {rows.length === 0 ? (
        <Empty title="Not known" />
      ) : (
        <ul class="bars">
          {rows.slice(0, 8).map(([name, events]) => (
            <li key={name}>
              <div class="bars-line">
                <code>{name}</code>
                <b>{Math.round((100 * events) / total)} %</b>
              </div>
              <Meter label={name} value={events} max={total} state="info" />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Samples({ samples }: { samples: readonly Sample[] }) {
  const { nowMs } = useView();
  return (
    <ul class="samples">
      {samples.slice(0, 5).map((sample, at) => (
        <li key={`${sample.requestId} ${at}`}>
          <p class="muted">
            {timeText(sample.second * 1_000, nowMs)} {sample.requestId !== "" && `· request ${sample.requestId}`}{" "}
            {sample.operation !== "" && `· ${sample.operation}`} {sample.category !== "" && `· ${sample.category}`}
          </p>
          <pre class="stack" tabIndex={0}>
            {sample.stack === "" ? sample.message : sample.stack}
          </pre>
        </li>
      ))}
    </ul>
  );
}

function SeverityState({ severity }: { severity: string }) {
  return <State name={severity === "critical" ? "critical" : severity === "warning" ? "warning" : "info"}>{severity}</State>;
}
