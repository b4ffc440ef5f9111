import { openAlerts, sloState } from "../evaluator.ts";
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
  const open = openAlerts(alerts.data.alerts);
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
        <Link to={`/alerts/${first.id}`}>{first.summary}</Link>
        <span class="muted">
          {first.severity}, since {spanText(nowMs - first.startsAtMs)}
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
  return (
    <div class={`headline ${out.length > 0 ? "headline-warning" : blind.length > 0 ? "headline-no-data" : "headline-ok"}`}>
      <State name={out.length > 0 ? "warning" : blind.length > 0 ? "no-data" : "ok"}>
        {out.length > 0
          ? `${out.length} of ${list.length} objectives at risk`
          : `${list.length - blind.length} of ${list.length} objectives inside budget`}
      </State>
      <span>0 alerts{blind.length > 0 && ` · ${blind.length} without data`}</span>
    </div>
  );
}
