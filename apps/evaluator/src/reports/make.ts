import type { AlertManagerApi } from "@monotask/alerts";
import type { LetterStore } from "@monotask/queue/dead-letters";
import { makeReport, reportHtml, reportMarkdown } from "@monotask/slo";
import type { ReportInput, ReportKind, Slo } from "@monotask/slo";
import type { QueryPort } from "@monotask/telemetry";
import dashboardJson from "../../../../config/cloudflare-dashboard.json";
import type { SloStore } from "../slo/store.ts";

/** What a report is made from. */
export interface ReportDeps {
  readonly slos: readonly Slo[];
  readonly store: SloStore;
  readonly alerts: Pick<AlertManagerApi, "history"> | undefined;
  readonly letters: Pick<LetterStore, "groups" | "list">;
  readonly query: QueryPort;
}

export interface RenderedReport {
  readonly title: string;
  readonly html: string;
  readonly markdown: string;
  /** Whether anything was measured in the period at all. */
  readonly hasData: boolean;
}

export interface ReportPeriod {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const MINUTE_MS = 60_000;
/** AlertManager's history of a month, and then some. */
const MOST_HISTORY = 1_000;
const MOST_GROUPS = 20;
const MOST_NAMED = 3;

/** Makes a report of a period from stored hours, the alert history and what was written meanwhile. */
export async function renderReport(deps: ReportDeps, kind: ReportKind, period: ReportPeriod): Promise<RenderedReport> {
  const [cells, { slos: statuses }, unacknowledged, deadLetters, unshownMetrics] = await Promise.all([
    deps.store.slices(60, period.fromMinute, period.toMinute),
    deps.store.statuses(deps.slos),
    unacknowledgedAlerts(deps.alerts, period),
    waitingLetters(deps.letters),
    unshown(deps.query, period),
  ]);
  const report = makeReport({
    kind,
    ...period,
    slos: deps.slos.map((slo) => ({
      slo,
      cells: cells.filter((cell) => cell.sloName === slo.name),
      budgetLeftRatio: statuses.find((status) => status.name === slo.name)?.budgetLeftRatio,
    })),
    unacknowledged,
    deadLetters,
    unshownMetrics,
  });
  const hasData = cells.some(({ total }) => total > 0);
  return { title: report.title, html: reportHtml(report), markdown: reportMarkdown(report), hasData };
}

/** Alerts that fired in the period and of whose group nobody took note. */
async function unacknowledgedAlerts(alerts: ReportDeps["alerts"], period: ReportPeriod): Promise<ReportInput["unacknowledged"]> {
  const history = (await alerts?.history(MOST_HISTORY)) ?? [];
  const inside = history.filter(({ atMs }) => atMs >= period.fromMinute * MINUTE_MS && atMs < period.toMinute * MINUTE_MS);
  const taken = new Set(history.filter(({ event }) => event === "acknowledged").map(({ groupKey }) => groupKey));
  const fired = inside.filter(({ event, groupKey }) => event === "fired" && !taken.has(groupKey));
  return fired.map(({ text, atMs }) => ({ name: text, firedMinute: Math.floor(atMs / MINUTE_MS) })).reverse();
}

/** Dead letters that wait now, the largest groups first; undefined where the store cannot be read: a report is worth more than a list. */
async function waitingLetters(letters: ReportDeps["letters"]): Promise<ReportInput["deadLetters"]> {
  try {
    return await Promise.all(
      (await letters.groups(MOST_GROUPS)).map(async ({ queue, errorName, errorMessage, fingerprint, count, oldestDeadAtMs }) => {
        const newest = await letters.list({ queue, fingerprint }, ["stored", "redriving", "uncertain"], MOST_NAMED);
        return {
          ...{ queue, fingerprint, count },
          error: errorName === "" ? "no reason known" : `${errorName}: ${errorMessage}`,
          oldestMinute: Math.floor(oldestDeadAtMs / MINUTE_MS),
          messageIds: newest.map(({ id }) => id),
        };
      }),
    );
  } catch {
    return undefined;
  }
}

/** Names of custom metrics and gauges that were written and stand in no panel; undefined where the question could not be asked. */
async function unshown(query: QueryPort, { fromMinute, toMinute }: ReportPeriod): Promise<readonly string[] | undefined> {
  const result = await query.run({
    kinds: ["custom", "gauge"],
    fromMs: fromMinute * MINUTE_MS,
    toMs: toMinute * MINUTE_MS,
    groupBy: { name: { by: "field", field: "name" } },
    select: { points: { measure: "rows" } },
  });
  if (result.kind === "failed") return undefined;
  const names = result.kind === "rows" ? result.rows.map((row) => String(row["name"] ?? "")) : [];
  const shown = JSON.stringify(dashboardJson);
  return names.filter((name) => name !== "" && !shown.includes(JSON.stringify(name))).sort();
}
