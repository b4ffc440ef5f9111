import type { AlertSignal } from "@monotask/alerts";
import type { AlertMemory, Slo, SloAlert, SloStatus } from "@monotask/slo";

/** Labels that SLOs do not name themselves. */
export interface Defaults {
  readonly environment: string;
  readonly team: string;
}

const MINUTE_MS = 60_000;

/**
 * What AlertManager is told of an SLO after a minute: every rule that fires (again each tick, which keeps it alive), and the end of
 * those that fired the minute before. A frozen rule says nothing: it neither fires anew nor ends.
 */
export function signalsOf(status: SloStatus, previous: readonly AlertMemory[], defaults: Defaults): AlertSignal[] {
  return status.alerts.flatMap((alert) => {
    const wasFiring = previous.some((memory) => memory.rule === alert.rule && memory.isFiring);
    if (alert.state === "frozen") return [];
    if (alert.isFiring) return [signalOf(status, alert, "firing", defaults)];
    return wasFiring ? [signalOf(status, alert, "resolved", defaults)] : [];
  });
}

/** The one alert of an evaluator that cannot measure: not one for each SLO. */
export function blindSignal(status: "firing" | "resolved", minute: number, why: string, defaults: Defaults): AlertSignal {
  return {
    name: "monitoring:blind",
    labels: { worker: "monotask-evaluator", ...defaults, symptom: "data", severity: "critical" },
    status,
    startsAt: minute * MINUTE_MS,
    summary: status === "firing" ? "Monitoring is blind: Analytics Engine cannot be read" : "Monitoring sees again",
    description: `${why}. No SLO is judged meanwhile: what fired goes on firing, nothing turns green.`,
    suggestedChecks: ["Check the evaluator's ANALYTICS_API_TOKEN and ANALYTICS_SQL_URL, then Cloudflare's status page"],
  };
}

function signalOf(status: SloStatus, alert: SloAlert, state: "firing" | "resolved", defaults: Defaults): AlertSignal {
  const { slo } = status;
  const worker = workerOf(slo);
  const burn = trimmed(Math.min(alert.burnLong, alert.burnShort));
  return {
    name: `slo:${slo.name}:${alert.rule}`,
    labels: {
      worker,
      environment: slo.indicator.filter.environment?.[0] ?? defaults.environment,
      team: slo.labels["team"] ?? defaults.team,
      symptom: alert.symptom,
      severity: alert.severity,
      slo: slo.name,
    },
    status: state,
    startsAt: alert.sinceMinute * MINUTE_MS,
    value: `${burn}×`,
    threshold: `${trimmed(alert.factor.num / alert.factor.den)}×`,
    summary: state === "firing" ? `${slo.name} burns ${burn}× its error budget` : `${slo.name} is back inside its error budget`,
    description: alert.sentence,
    ...(slo.runbook === undefined ? {} : { runbookUrl: slo.runbook }),
  };
}

function workerOf(slo: Slo): string {
  const workers = slo.indicator.filter.worker;
  return workers?.length === 1 && workers[0] !== undefined ? workers[0] : slo.service;
}

function trimmed(value: number): string {
  return value >= 10 ? value.toFixed(0) : Number(value.toFixed(1)).toString();
}
