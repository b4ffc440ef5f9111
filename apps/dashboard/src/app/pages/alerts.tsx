import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { openAlerts, standingOf } from "../evaluator.ts";
import type { AlertItem, HistoryItem, SilenceItem } from "../evaluator.ts";
import { AlertRow } from "../parts/alert-row.tsx";
import { Confirm } from "../parts/confirm.tsx";
import { Empty, Show, State } from "../parts/states.tsx";
import { postAction, useRead } from "../read.ts";
import { timeText, utcText } from "../time.ts";
import { useView } from "../viewer.ts";

/** What fires, what is held back, and what was. */
export function AlertsPage() {
  const { turn, nowMs, me, refresh, say } = useView();
  const alerts = useRead<{ alerts: readonly AlertItem[] }>("/api/evaluator/alerts", turn);
  const silences = useRead<{ silences: readonly SilenceItem[] }>("/api/evaluator/silences", turn);
  const history = useRead<{ history?: readonly HistoryItem[]; entries?: readonly HistoryItem[] }>(
    "/api/evaluator/alert-history",
    turn,
  );
  return (
    <>
      <section class="panel" aria-labelledby="firing">
        <header class="panel-head">
          <h2 id="firing">Firing</h2>
        </header>
        <Show loaded={alerts} what="Alerts" height={96}>
          {({ alerts: list }) => <Standing alerts={list} standing="firing" none={<State name="ok">Nothing fires</State>} />}
        </Show>
      </section>
      {alerts.state === "ready" &&
        STANDINGS.map(([standing, title, what]) => {
          const own = alerts.data.alerts.filter((alert) => standingOf(alert) === standing);
          if (own.length === 0) return null;
          return (
            <section class="panel" aria-labelledby={standing} key={standing}>
              <header class="panel-head">
                <h2 id={standing}>{title}</h2>
              </header>
              <Standing alerts={own} standing={standing} none={null} />
              <p class="panel-how">{what}</p>
            </section>
          );
        })}
      <section class="panel" aria-labelledby="silences">
        <header class="panel-head">
          <h2 id="silences">Silences</h2>
        </header>
        <Show loaded={silences} what="Silences" height={96}>
          {({ silences: list = [] }) =>
            list.length === 0 ? (
              <Empty title="Nothing is silenced">Open an alert to silence it for a while.</Empty>
            ) : (
              <ul class="lines">
                {list.map((silence) => (
                  <li key={silence.id}>
                    <State name="excluded">{silence.fromMs > nowMs ? "to come" : "silent"}</State>
                    <code>{silence.matchers.map(({ label, op, value }) => `${label}${op}${value}`).join(" ")}</code>
                    <span class="muted">
                      until {timeText(silence.untilMs, nowMs)} · {silence.by}: {silence.why}
                    </span>
                    {me.role === "operator" && (
                      <Confirm
                        label="End it"
                        question="End this silence now? What still fires is told again."
                        act={async () => {
                          await postAction({ action: "unsilence", id: silence.id });
                          say("The silence has ended");
                          refresh();
                        }}
                      />
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Show>
      </section>
      <section class="panel" aria-labelledby="history">
        <header class="panel-head">
          <h2 id="history">History</h2>
        </header>
        <Show loaded={history} what="The history" height={96}>
          {(answer) => <History entries={answer.history ?? answer.entries ?? []} />}
        </Show>
      </section>
      <AuditLog />
    </>
  );
}

/** Alerts apart from those that fire, with what their place means; shown where there are any. */
const STANDINGS: readonly (readonly [standing: "pending" | "held", title: string, what: string])[] = [
  ["pending", "Pending", "Seen, but not for as long as their rule asks before anybody is told."],
  ["held", "Held back", "These fire and nobody is told: silenced, muted, or the consequence of a louder one."],
];

function Standing({
  alerts,
  standing,
  none,
}: {
  alerts: readonly AlertItem[];
  standing: ReturnType<typeof standingOf>;
  none: ComponentChildren;
}) {
  const own = openAlerts(alerts).filter((alert) => standingOf(alert) === standing);
  if (own.length === 0) return <div class="calm">{none}</div>;
  return (
    <ul class="alerts">
      {own.map((alert) => (
        <AlertRow key={alert.id} alert={alert} />
      ))}
    </ul>
  );
}

/** As many as fit on a screen; the rest on demand. */
const FIRST_ENTRIES = 20;
const MOST_ENTRIES = 500;

function History({ entries }: { entries: readonly HistoryItem[] }) {
  const { nowMs } = useView();
  const [isWhole, setWhole] = useState(false);
  if (entries.length === 0)
    return (
      <Empty title="Nothing has happened yet">Each alert that begins, is told, taken, silenced or ends is listed here.</Empty>
    );
  return (
    <>
      <ul class="lines lines-history">
        {entries.slice(0, isWhole ? MOST_ENTRIES : FIRST_ENTRIES).map((entry, at) => (
          <li key={`${entry.atMs} ${at}`}>
            <time dateTime={new Date(entry.atMs).toISOString()} title={utcText(entry.atMs)}>
              {timeText(entry.atMs, nowMs)}
            </time>
            <b>{entry.event.replaceAll("-", " ")}</b>
            <span>{entry.text}</span>
          </li>
        ))}
      </ul>
      {entries.length > FIRST_ENTRIES && !isWhole && (
        <div class="actions">
          <button type="button" class="button" onClick={() => setWhole(true)}>
            Show {Math.min(entries.length, MOST_ENTRIES) - FIRST_ENTRIES} older
          </button>
        </div>
      )}
    </>
  );
}

interface AuditItem {
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
}

function AuditLog() {
  const { turn, nowMs } = useView();
  const loaded = useRead<{ entries: readonly AuditItem[] }>("/api/audit", turn);
  return (
    <section class="panel" aria-labelledby="audit">
      <header class="panel-head">
        <h2 id="audit">Who changed what</h2>
      </header>
      <Show loaded={loaded} what="The audit log" height={96}>
        {({ entries }) =>
          entries.length === 0 ? (
            <Empty title="Nobody has changed anything here">
              Acknowledging, silencing and redriving leave a line with who did it.
            </Empty>
          ) : (
            <ul class="lines lines-history">
              {entries.slice(0, 50).map((entry, at) => (
                <li key={`${entry.atMs} ${at}`}>
                  <time dateTime={new Date(entry.atMs).toISOString()}>{timeText(entry.atMs, nowMs)}</time>
                  <b>{entry.action}</b>
                  <span>
                    {entry.actor} · {entry.target} · {entry.outcome}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </section>
  );
}
