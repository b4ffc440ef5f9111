import { spanText, utcText } from "../time.ts";
import { useView } from "../viewer.ts";
import type { AlertItem } from "../evaluator.ts";
import { Link } from "./link.tsx";
import { State } from "./states.tsx";

/** What is wrong, how bad, for whom, since when, and whether somebody has it. */
export function AlertRow({ alert }: { alert: AlertItem }) {
  const { nowMs } = useView();
  const state = alert.status === "resolved" ? "ok" : alert.severity === "info" ? "info" : alert.severity;
  return (
    <li class={`alert alert-${state}`} data-alert={alert.id}>
      <div class="alert-top">
        <State name={state}>{alert.status === "resolved" ? "resolved" : alert.severity}</State>
        <span class="muted" title={utcText(alert.startsAtMs)}>
          {alert.labels["worker"] !== undefined && `${alert.labels["worker"]} · `}
          {alert.status === "resolved" ? "ended" : `for ${spanText(nowMs - alert.startsAtMs)}`}
          {alert.acknowledged !== undefined && ` · acknowledged by ${alert.acknowledged.by}`}
          {alert.hold !== undefined && ` · ${alert.hold.kind ?? "held back"}`}
          {alert.status === "pending" && " · pending"}
        </span>
      </div>
      <Link to={`/alerts/${encodeURIComponent(alert.id)}`} class="alert-title">
        {alert.summary}
      </Link>
    </li>
  );
}
