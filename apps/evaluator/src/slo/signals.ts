import type { AlertSignal } from "@monotask/alerts";
import type { AlertMemory, MissedDigest, Slo, SloAlert, SloStatus, WorseVersion } from "@monotask/slo";

/** Labels that SLOs do not name themselves. */
export interface Defaults {
  readonly environment: string;
  readonly team: string;
}

const MINUTE_MS = 60_000;
const EVALUATOR = "monotask-evaluator";

/**
 * What AlertManager is told of an SLO after a minute: every alert that fires (again each tick, which keeps it alive), and the end of
 * those that fired the minute before. A frozen one says nothing: it neither fires anew nor ends.
 * @param isAfterGap whether minutes are missing before this one: alerts may have been raised without the store meanwhile, so every end is told
 */
export function signalsOf(
  status: SloStatus,
  previous: readonly AlertMemory[],
  defaults: Defaults,
  isAfterGap: boolean,
): AlertSignal[] {
  return status.alerts.flatMap((alert) => {
    const wasFiring = previous.some((memory) => memory.rule === alert.rule && memory.isFiring);
    if (alert.state === "frozen") return [];
    if (alert.isFiring) return [signalOf(status, alert, "firing", defaults)];
    return wasFiring || isAfterGap ? [signalOf(status, alert, "resolved", defaults)] : [];
  });
}

/** Every alert of an SLO that fires, frozen or not. */
export function standingSignals(status: SloStatus, defaults: Defaults): AlertSignal[] {
  return status.alerts.filter(({ isFiring }) => isFiring).map((alert) => signalOf(status, alert, "firing", defaults));
}

/** The one alert of an evaluator that cannot measure: not one for each SLO. */
export function blindSignal(status: "firing" | "resolved", minute: number, why: string, defaults: Defaults): AlertSignal {
  return {
    name: "monitoring:blind",
    labels: { worker: EVALUATOR, ...defaults, symptom: "data", severity: "critical" },
    status,
    startsAt: minute * MINUTE_MS,
    summary: status === "firing" ? "Monitoring is blind: Analytics Engine cannot be read" : "Monitoring sees again",
    description: `${why}. No SLO is judged meanwhile: what fired goes on firing, nothing turns green.`,
    suggestedChecks: ["Check the evaluator's ANALYTICS_API_TOKEN and ANALYTICS_SQL_URL, then Cloudflare's status page"],
  };
}

/** The alert of an evaluator that has lost its store: it still decides the fast pages, from the query's answer alone. */
export function storeSignal(status: "firing" | "resolved", minute: number, why: string, defaults: Defaults): AlertSignal {
  return {
    name: "monitoring:store",
    labels: { worker: EVALUATOR, ...defaults, symptom: "data", severity: "warning" },
    status,
    startsAt: minute * MINUTE_MS,
    summary: status === "firing" ? "Monitoring cannot read its database" : "Monitoring reads its database again",
    description: `${why}. Until then only outages of the last hour page; budgets and slow burns wait.`,
    suggestedChecks: [
      "Check the evaluator's D1 binding DB, its migrations (`wrangler d1 migrations apply`) and Cloudflare's status page",
    ],
  };
}

/** What was missed while nothing was decided, told once. */
export function missedSignal(digest: MissedDigest, status: "firing" | "resolved", defaults: Defaults): AlertSignal {
  return {
    name: "monitoring:missed",
    labels: { worker: EVALUATOR, ...defaults, symptom: "data", severity: "warning" },
    status,
    startsAt: digest.fromMinute * MINUTE_MS,
    summary:
      status === "firing" ? `Monitoring missed ${digest.toMinute - digest.fromMinute + 1} minutes` : "Monitoring has caught up",
    description: digest.lines.join("\n"),
  };
}

/** A deployed version that fails more than the one before it. */
export function versionSignal(
  worse: WorseVersion,
  status: "firing" | "resolved",
  minute: number,
  defaults: Defaults,
): AlertSignal {
  const { newer, older, times } = worse;
  const rate = ({ bad, total }: WorseVersion["newer"]): string =>
    `${bad} of ${total} requests (${trimmed((100 * bad) / total)} %)`;
  const more = times === undefined ? "and the one before failed none" : `${trimmed(times)} times the one before`;
  return {
    name: "version:worse",
    labels: {
      worker: worse.worker,
      environment: worse.environment,
      team: defaults.team,
      symptom: "errors",
      severity: "critical",
      version: newer.version,
    },
    status,
    startsAt: (status === "firing" ? newer.firstMinute : minute) * MINUTE_MS,
    value: `${trimmed((100 * newer.bad) / newer.total)} %`,
    threshold: `${trimmed((100 * older.bad) / older.total)} %`,
    summary:
      status === "firing"
        ? `Version ${shortVersion(newer.version)} of ${worse.worker} fails more than ${shortVersion(older.version)}`
        : `Version ${shortVersion(newer.version)} of ${worse.worker} no longer fails more than ${shortVersion(older.version)}`,
    description: `In the last hour version ${shortVersion(newer.version)} failed ${rate(newer)}, ${more}: ${shortVersion(older.version)} failed ${rate(older)}.`,
    suggestedChecks: [`Roll back: wrangler versions deploy ${older.version}@100% --name ${worse.worker}`],
    runbookUrl: "runbooks/high-error-rate.md",
  };
}

function signalOf(status: SloStatus, alert: SloAlert, state: "firing" | "resolved", defaults: Defaults): AlertSignal {
  const { slo } = status;
  return {
    name: `slo:${slo.name}:${alert.rule}`,
    labels: {
      worker: workerOf(slo),
      environment: slo.indicator.filter.environment?.[0] ?? defaults.environment,
      team: slo.labels["team"] ?? defaults.team,
      symptom: alert.symptom,
      severity: alert.severity,
      slo: slo.name,
    },
    status: state,
    startsAt: alert.sinceMinute * MINUTE_MS,
    value: alert.value,
    threshold: alert.threshold,
    summary: state === "firing" ? firingSummary(slo, alert) : resolvedSummary(slo, alert),
    description: alert.sentence === "" ? status.sentence : alert.sentence,
    ...(slo.runbook === undefined ? {} : { runbookUrl: slo.runbook }),
  };
}

function firingSummary({ name }: Slo, { rule, value }: SloAlert): string {
  switch (rule) {
    case "budget-low":
      return `${name} has ${value} of its error budget left`;
    case "budget-exhausted":
      return `${name} has overspent its error budget`;
    case "no-data":
      return `${name} has had no data for ${value}`;
    default:
      return `${name} burns ${value} its error budget`;
  }
}

function resolvedSummary({ name }: Slo, { rule }: SloAlert): string {
  return rule === "no-data" ? `${name} has data again` : `${name} is back inside its error budget`;
}

function workerOf(slo: Slo): string {
  const workers = slo.indicator.filter.worker;
  return workers?.length === 1 && workers[0] !== undefined ? workers[0] : slo.service;
}

/** Enough of a version id to tell two apart, as git shows commits; a subject line has no room for a UUID. */
function shortVersion(version: string): string {
  return /^[0-9a-f]{8}-/.test(version) ? version.slice(0, 8) : version;
}

function trimmed(value: number): string {
  return value >= 10 ? value.toFixed(0) : Number(value.toPrecision(2)).toString();
}
