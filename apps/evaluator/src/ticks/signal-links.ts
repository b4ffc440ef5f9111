import type { AlertSignal } from "@monotask/alerts";

const HALF_HOUR_MS = 30 * 60_000;

/**
 * The signal with whole addresses in the dashboard: its runbook, and the page and time that show it. Without a dashboard a path such as
 * `runbooks/high-error-rate.md` leads nowhere, and the message leaves it out.
 * @param dashboardUrl address of the dashboard, such as `https://monotask-dashboard.example.com`
 */
export function withLinks(signal: AlertSignal, dashboardUrl: string | undefined): AlertSignal {
  if (dashboardUrl === undefined) return signal;
  const runbook = /^runbooks\/([\w-]+)\.md$/.exec(signal.runbookUrl ?? "")?.[1];
  return {
    ...signal,
    ...(runbook !== undefined && { runbookUrl: new URL(`/runbooks/${runbook}`, dashboardUrl).href }),
    dashboardUrl: signal.dashboardUrl ?? pageOf(signal, dashboardUrl),
  };
}

/** The page of its SLO, or that of its worker, half an hour around its beginning. */
function pageOf({ labels, startsAt }: AlertSignal, dashboardUrl: string): string {
  const { slo, worker, environment } = labels;
  const url = new URL(slo === undefined ? "/workers" : `/slos/${encodeURIComponent(slo)}`, dashboardUrl);
  url.searchParams.set("from", String(startsAt - HALF_HOUR_MS));
  url.searchParams.set("to", String(startsAt + HALF_HOUR_MS));
  url.searchParams.set("environment", environment);
  if (slo === undefined) url.searchParams.set("worker", worker);
  return url.href;
}
