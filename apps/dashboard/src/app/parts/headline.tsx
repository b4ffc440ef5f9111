import { openAlerts, sloState, standingOf } from "../evaluator.ts";
import type { AlertItem, SloList } from "../evaluator.ts";
import { useRead } from "../read.ts";
import { spanText } from "../time.ts";
import { useView } from "../viewer.ts";
import { Link } from "./link.tsx";
import { State } from "./states.tsx";

/** Is anything wrong? One line at the top of every page. */
export function Headline() {
  const { turn, nowMs } = useView();
  const slos = useRead<SloList>("/api/evaluator/slos", turn);
  const alerts = useRead<{ alerts: readonly AlertItem[] }>("/api/evaluator/alerts", turn);
  if (slos.state === "loading" || alerts.state === "loading") return <div class="headline" aria-busy="true" />;
  if (slos.state === "failed" || alerts.state === "failed") {
    const failed = slos.state === "failed" ? slos : alerts;
    return (
      <div class="headline headline-no-data">
        <State name="no-data">The evaluator cannot be asked</State>
        <span>{failed.state === "failed" ? failed.error : ""}</span>
      </div>
    );
  }
  const all = openAlerts(alerts.data.alerts);
  const open = all.filter((alert) => standingOf(alert) === "firing");
  const held = all.filter((alert) => standingOf(alert) === "held").length;
  const [first] = open;
  const list = slos.data.slos;
  const out = list.filter((slo) => sloState(slo) === "critical" || sloState(slo) === "warning");
  const blind = list.filter((slo) => sloState(slo) === "no-data");
  if (first !== undefined)
    return (
      <div class={`headline headline-${first.severity === "critical" ? "critical" : "warning"}`}>
        <State name={first.severity === "critical" ? "critical" : "warning"}>
          {open.length} {open.length === 1 ? "alert" : "alerts"}
        </State>
        <Link to={`/alerts/${encodeURIComponent(first.id)}`}>{first.summary}</Link>
        <span class="muted">
          {first.severity}, for {spanText(nowMs - first.startsAtMs)}
          {held > 0 && ` · ${held} held back`}
          {out.length > 0 && ` · ${out.length} of ${list.length} objectives outside budget`}
        </span>
      </div>
    );
  if (list.length === 0)
    return (
      <div class="headline headline-no-data">
        <State name="no-data">No objective has been judged yet</State>
        <span>The evaluator decides its first minute about two minutes after it starts.</span>
      </div>
    );
  const state = out.length > 0 ? "warning" : blind.length > 0 ? "no-data" : "ok";
  return (
    <div class={`headline headline-${state}`}>
      <State name={state}>{verdictOf(list.length, out.length, blind.length)}</State>
      <span>
        0 alerts
        {held > 0 && ` · ${held} held back`}
        {blind.length > 0 && blind.length < list.length && ` · ${blind.length} without data`}
        {out.length > 0 &&
          list.length > out.length + blind.length &&
          ` · ${list.length - out.length - blind.length} inside budget`}
      </span>
    </div>
  );
}

function verdictOf(all: number, out: number, blind: number): string {
  if (out > 0) return `${out} of ${all} objectives at risk`;
  if (blind === all) return `None of ${all} objectives has data`;
  return blind > 0 ? `${all - blind} of ${all} objectives inside budget` : `All ${all} objectives inside budget`;
}
