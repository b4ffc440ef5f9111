import { panelOf } from "./panel-of.ts";
import type { AlertSignal } from "./signal.ts";

const HALF_HOUR_MS = 30 * 60_000;
/** Bytes of an address that are kept; a longer one is left out, for a cut one leads nowhere. */
const MAX_URL_BYTES = 2_000;

/**
 * The address of a runbook: `runbooks/high-error-rate.md` is a page of the dashboard, a web address is itself. Undefined for anything
 * else, and for a page while no dashboard is known.
 *
 * @param dashboardUrl address of the dashboard (`DASHBOARD_URL`), such as `https://monotask-dashboard.example.com`
 */
export function runbookLink(runbook: string | undefined, dashboardUrl: string | undefined): string | undefined {
  const name = /^runbooks\/([\w-]+)\.md$/.exec(runbook ?? "")?.[1];
  if (name === undefined) return webLink(runbook);
  return dashboardUrl === undefined ? undefined : new URL(`/runbooks/${name}`, dashboardUrl).href;
}

/** The name of a runbook's page, from its path or from its address on any dashboard: `high-error-rate`. */
export function runbookName(runbook: string | undefined): string | undefined {
  return typeof runbook === "string" ? /(?:^|\/)runbooks\/([\w-]+)(?:\.md)?(?:[?#].*)?$/.exec(runbook)?.[1] : undefined;
}

/** The dashboard's page of an alert's SLO, or else the panel that shows it, half an hour around its beginning. */
export function dashboardPage(
  { name, labels, startsAt }: Pick<AlertSignal, "name" | "labels" | "startsAt">,
  dashboardUrl: string,
): string {
  const { slo, worker, environment } = labels;
  const { section, panel, isOfAll } = panelOf(name, labels);
  const url = new URL(slo === undefined ? `/sections/${section}` : `/slos/${encodeURIComponent(slo)}`, dashboardUrl);
  url.searchParams.set("from", String(startsAt - HALF_HOUR_MS));
  url.searchParams.set("to", String(startsAt + HALF_HOUR_MS));
  url.searchParams.set("environment", environment);
  if (slo !== undefined) return url.href;
  if (isOfAll !== true) url.searchParams.set("worker", worker);
  url.searchParams.set("panel", panel);
  return url.href;
}

/** Only addresses of the web reach a message: anything else (`javascript:`, a path, one too long) is left out. */
export function webLink(url: string | undefined): string | undefined {
  return typeof url === "string" && url.length <= MAX_URL_BYTES && /^https?:\/\//.test(url) && URL.canParse(url)
    ? url
    : undefined;
}
