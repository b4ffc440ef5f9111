import { useEffect, useState } from "preact/hooks";
import { matchersFor, matchersOf, panelOf } from "../alert-links.ts";
import type { AlertItem } from "../evaluator.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Link } from "../parts/link.tsx";
import { Empty, Show, State } from "../parts/states.tsx";
import { postAction, useRead } from "../read.ts";
import { spanText, timeText } from "../time.ts";
import { useView } from "../viewer.ts";

/** One alert: what is wrong, what to do first, and who takes it. Opening it changes nothing. */
export function AlertPage({ id }: { id: string }) {
  const { turn } = useView();
  const alerts = useRead<{ alerts: readonly AlertItem[] }>("/api/evaluator/alerts", turn);
  return (
    <Show loaded={alerts} what="The alert">
      {({ alerts: list }) => {
        const alert = list.find((one) => one.id === id || one.groupKey === id);
        return alert === undefined ? (
          <Empty title="No such alert is open">
            It has ended some time ago, or there never was one of this address.{" "}
            <Link to="/alerts">What was told is in the history</Link>
          </Empty>
        ) : (
          <AlertDetail alert={alert} />
        );
      }}
    </Show>
  );
}

function AlertDetail({ alert }: { alert: AlertItem }) {
  const { nowMs, me, place } = useView();
  const state = alert.status === "resolved" ? "ok" : alert.severity;
  const aroundMs = 15 * 60_000;
  const around = {
    from: String(alert.startsAtMs - aroundMs),
    to: String(Math.max(alert.startsAtMs + aroundMs, Math.min(nowMs, (alert.endsAtMs ?? nowMs) + aroundMs))),
    range: undefined,
  };
  const runbook = /([\w-]+)(?:\.md)?$/.exec(alert.runbookUrl ?? "")?.[1];
  const slo = alert.labels["slo"];
  const seenAt = panelOf(alert);
  const endedMs = alert.status === "resolved" ? alert.endsAtMs : undefined;
  return (
    <>
      <section class={`panel alert-page alert-${state}`} aria-labelledby="what">
        <header class="panel-head">
          <h2 id="what">{alert.summary}</h2>
          <State name={state}>{alert.status === "resolved" ? "resolved" : alert.severity}</State>
        </header>
        <p class="sentence">{alert.description}</p>
        <dl class="facts">
          <dt>since</dt>
          <dd>
            {timeText(alert.startsAtMs, nowMs)} ({spanText((endedMs ?? nowMs) - alert.startsAtMs)})
          </dd>
          {endedMs !== undefined && (
            <>
              <dt>until</dt>
              <dd>
                {timeText(endedMs, nowMs)} ({spanText(nowMs - endedMs)} ago)
              </dd>
            </>
          )}
          {alert.value !== undefined && (
            <>
              <dt>value</dt>
              <dd>
                {alert.value} {alert.threshold !== undefined && <span class="muted">against {alert.threshold}</span>}
              </dd>
            </>
          )}
          {alert.hold !== undefined && (
            <>
              <dt>held back</dt>
              <dd>{alert.hold.text ?? alert.hold.kind ?? "nobody is told"}</dd>
            </>
          )}
          <dt>occurrences</dt>
          <dd>{alert.count.toLocaleString("en")}</dd>
          <dt>told</dt>
          <dd>{(alert.toldChannels ?? []).join(", ") || "nobody yet"}</dd>
          {Object.entries(alert.labels).map(([label, value]) => (
            <>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </>
          ))}
          {alert.acknowledged !== undefined && (
            <>
              <dt>acknowledged</dt>
              <dd>
                {alert.acknowledged.by}, {timeText(alert.acknowledged.atMs, nowMs)}
              </dd>
            </>
          )}
        </dl>
        <div class="actions">
          {runbook !== undefined && (
            <Link to={`/runbooks/${runbook}`} class="button button-strong">
              First steps: {runbook}
            </Link>
          )}
          <Link to={seenAt.path} changes={{ ...around, panel: seenAt.panel }} class="button">
            Panels at that time
          </Link>
          <Link to="/errors" changes={{ ...around, worker: alert.labels["worker"] }} class="button">
            Raw errors
          </Link>
          {slo !== undefined && (
            <Link to={`/slos/${encodeURIComponent(slo)}`} class="button">
              Objective
            </Link>
          )}
        </div>
      </section>
      {alert.status !== "resolved" && (
        <section class="panel" aria-labelledby="take">
          <header class="panel-head">
            <h2 id="take">What now?</h2>
          </header>
          {me.role === "operator" ? (
            <Take alert={alert} isSilenceOpen={place.query["do"] === "silence"} />
          ) : (
            <Empty title="You may look">
              The role operator is missing to acknowledge or silence: have your address added to OPERATORS.
            </Empty>
          )}
        </section>
      )}
    </>
  );
}

function Take({ alert, isSilenceOpen }: { alert: AlertItem; isSilenceOpen: boolean }) {
  const { refresh, say } = useView();
  const [matchers, setMatchers] = useState(matchersFor(alert));
  const [minutes, setMinutes] = useState(60);
  const [reason, setReason] = useState("");
  const [preview, setPreview] = useState<string>();
  const [isOpen, setOpen] = useState(isSilenceOpen);
  const list = matchersOf(matchers);
  // What was previewed was of other matchers.
  useEffect(() => setPreview(undefined), [matchers, minutes]);
  const show = async (): Promise<void> => {
    try {
      const answer = await postAction<{ hides?: readonly AlertItem[]; alerts?: readonly AlertItem[]; error?: unknown }>({
        action: "silence-preview",
        matchers: list,
        minutes,
      });
      const hidden = answer.hides ?? answer.alerts ?? [];
      setPreview(
        hidden.length === 0
          ? "It would hide no alert that fires now."
          : `It would hide ${hidden.length}: ${hidden.map(({ summary }) => summary).join("; ")}`,
      );
    } catch (error) {
      setPreview(error instanceof Error ? error.message : "unknown error");
    }
  };
  return (
    <div class="take">
      <Confirm
        label="Acknowledge"
        isStrong
        isDone={alert.acknowledged !== undefined}
        question="Say that you have it? Repeats stop, escalation stops, the end is told."
        act={async () => {
          await postAction({ action: "acknowledge", id: alert.id });
          say("Acknowledged: it is yours");
          refresh();
        }}
      />
      <button type="button" class="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Silence …
      </button>
      {isOpen && (
        <form class="form" onSubmit={(event) => event.preventDefault()}>
          <label>
            Which alerts (one matcher a line, all have to hold; * stands for any text)
            <textarea rows={3} value={matchers} onInput={(event) => setMatchers(event.currentTarget.value)} />
          </label>
          <label>
            How long
            <select value={String(minutes)} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
              {[
                [30, "30 min"],
                [60, "1 h"],
                [240, "4 h"],
                [1_440, "1 d"],
                [10_080, "7 d"],
              ].map(([value, label]) => (
                <option key={value} value={String(value)}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label>
            Why (whoever is on call next reads it)
            <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} required />
          </label>
          <div class="actions">
            <button type="button" class="button" onClick={() => void show()}>
              Preview
            </button>
            <Confirm
              label="Silence"
              question={`Hold back alerts that match ${list.join(" and ")} for ${spanText(minutes * 60_000)}?`}
              isDisabled={reason.trim() === "" || list.length === 0}
              act={async () => {
                await postAction({ action: "silence", matchers: list, minutes, reason });
                say("Silenced");
                setOpen(false);
                refresh();
              }}
            />
          </div>
          {preview !== undefined && (
            <p class="sentence" role="status">
              {preview}
            </p>
          )}
        </form>
      )}
    </div>
  );
}
