import { allAlerts, keptAlertId, SYMPTOMS } from "@monotask/alerts";
import type { AlertManagerApi, AlertSignal, AlertView } from "@monotask/alerts";
import type { Logger } from "@monotask/telemetry";

/** What the SLO tick raises, and therefore has to end. */
const OWN_NAMES = /^(slo:|version:|monitoring:(blind|store|missed)$)/;
const MINUTE_MS = 60_000;
/** Looked for now and then: an end that got lost is rare, and costs AlertManager its whole list. */
const EVERY_MINUTES = 5;

export interface ForgottenDeps {
  readonly alerts: Pick<AlertManagerApi, "raise" | "page">;
  readonly logger: Logger;
}

/**
 * Ends alerts that fire in AlertManager and that this minute knows nothing of: their rule or labels are no longer in the file, or their end
 * was decided where it could not be told, as beside a database that took the tick and did not say so. Nothing else would ever end them.
 * @param standing every alert that fires after this minute, frozen ones too
 */
export async function endForgotten(deps: ForgottenDeps, minute: number, standing: readonly AlertSignal[]): Promise<void> {
  if (minute % EVERY_MINUTES !== 0) return;
  try {
    const signals = forgotten(await allAlerts(deps.alerts), minute, standing);
    if (signals.length > 0) await deps.alerts.raise({ id: `tick:${minute}:forgotten`, signals, source: "evaluator" });
  } catch (error) {
    deps.logger.error("AlertManager could not say what fires; forgotten alerts wait", { minute, why: String(error) });
  }
}

function forgotten(listed: readonly AlertView[], minute: number, standing: readonly AlertSignal[]): AlertSignal[] {
  // What a later tick, running beside this one, has raised meanwhile is not this one's to end.
  const open = listed.filter(
    ({ name, status, startsAtMs, groupKey }) =>
      OWN_NAMES.test(name) && status !== "resolved" && startsAtMs < minute * MINUTE_MS && !groupKey.startsWith("drill="),
  );
  const standingIds = new Set(standing.map(keptAlertId));
  return open.filter(({ id }) => !standingIds.has(id)).map(endOf);
}

function endOf({ name, labels, severity, startsAtMs, description }: AlertView): AlertSignal {
  const { worker = "", environment = "", team = "" } = labels;
  return {
    name,
    labels: {
      ...labels,
      worker,
      environment,
      team,
      symptom: SYMPTOMS.find((known) => known === labels["symptom"]) ?? "errors",
      severity,
    },
    status: "resolved",
    startsAt: startsAtMs,
    summary: `${name} is over: nothing that is judged now fires it`,
    description,
  };
}
