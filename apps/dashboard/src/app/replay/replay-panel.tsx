import { useEffect, useRef, useState } from "preact/hooks";
import { budgetShareText } from "../budget-text.ts";
import { Link } from "../parts/link.tsx";
import { Empty, State } from "../parts/states.tsx";
import { spanText, timeText, utcText } from "../time.ts";
import { useView } from "../viewer.ts";
import type { ReplayFiring, ReplayMessage, ReplayResult } from "./message.ts";

const MINUTE_MS = 60_000;
const MOST_FIRINGS = 5;

/** What today's rules would have told of the last 30 days, computed on demand in this browser. */
export function ReplayPanel({ sloName }: { sloName: string }) {
  const { nowMs } = useView();
  const [message, setMessage] = useState<ReplayMessage>();
  const worker = useRef<Worker>(null);
  useEffect(() => () => worker.current?.terminate(), [sloName]);
  const start = (): void => {
    worker.current?.terminate();
    setMessage({ kind: "progress", share: 0 });
    const own = new Worker(new URL("./replay-worker.ts", import.meta.url), { type: "module" });
    worker.current = own;
    own.addEventListener("message", (event: MessageEvent<ReplayMessage>) => {
      setMessage(event.data);
      if (event.data.kind !== "progress") own.terminate();
    });
    own.addEventListener("error", () => setMessage({ kind: "failed", error: "this browser could not start the replay" }));
    own.postMessage({ sloName, nowMinute: Math.floor(nowMs / MINUTE_MS) });
  };
  const isRunning = message?.kind === "progress";
  return (
    <section class="panel" aria-labelledby="replay">
      <header class="panel-head">
        <h2 id="replay">Replay of the last 30 days</h2>
        <button type="button" class="button" disabled={isRunning} onClick={start}>
          {isRunning ? `Replaying, ${Math.round(message.share * 100)} %` : message === undefined ? "Replay" : "Replay again"}
        </button>
      </header>
      {message === undefined && (
        <p class="muted">
          Runs the objective and its rules, as they stand in this build, over the stored counts: which alerts there would have
          been, and when.
        </p>
      )}
      {message?.kind === "progress" && (
        <progress class="progress" max={1} value={message.share} aria-label={`replay of ${sloName}`} />
      )}
      {message?.kind === "failed" && (
        <p role="alert">
          <State name="critical">The replay failed</State> {message.error}
        </p>
      )}
      {message?.kind === "nothing" && (
        <Empty title="Nothing has been stored yet">Counts are stored each minute; come back in a while.</Empty>
      )}
      {message?.kind === "done" && <Result result={message} />}
    </section>
  );
}

function Result({ result }: { result: ReplayResult }) {
  const { nowMs } = useView();
  const { fromMinute, toMinute, budgetLeftRatio, rules } = result;
  return (
    <div data-replayed={toMinute - fromMinute}>
      <p class="sentence">
        From {timeText(fromMinute * MINUTE_MS, nowMs)} to {timeText(toMinute * MINUTE_MS, nowMs)}; budget at the end:{" "}
        {budgetShareText(budgetLeftRatio)}. {result.sentence}
      </p>
      <ul class="lines">
        {rules.map(({ rule, firings }) => (
          <li key={rule}>
            <State name={firings.length === 0 ? "ok" : "warning"}>
              {firings.length === 0 ? "never" : firings.length === 1 ? "once" : `${firings.length} times`}
            </State>
            <b>{rule}</b>
            <span class="replay-firings">
              {firings.slice(-MOST_FIRINGS).map((firing) => (
                <FiringLink key={firing.firedMinute} firing={firing} />
              ))}
              {firings.length > MOST_FIRINGS && <span class="muted">and {firings.length - MOST_FIRINGS} before</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A stretch, as a link to the panels of that time. */
function FiringLink({ firing: { firedMinute, clearedMinute } }: { firing: ReplayFiring }) {
  const { nowMs } = useView();
  const [fromMs, toMs] = [firedMinute * MINUTE_MS, (clearedMinute ?? nowMs / MINUTE_MS) * MINUTE_MS];
  const aroundMs = 15 * MINUTE_MS;
  const changes = { from: String(fromMs - aroundMs), to: String(Math.round(toMs + aroundMs)), range: undefined };
  return (
    <Link to="/sections/worker-health" changes={changes}>
      <time dateTime={new Date(fromMs).toISOString()} title={utcText(fromMs)}>
        {timeText(fromMs, nowMs)}
      </time>
      , {clearedMinute === undefined ? "still firing" : `for ${spanText(toMs - fromMs)}`}
    </Link>
  );
}
