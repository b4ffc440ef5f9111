import type { AlertManagerApi } from "@monotask/alerts";
import type { LetterStore } from "@monotask/queue/dead-letters";
import { budgetLeftAt, budgetStart, makeReport, reportHtml, reportMarkdown } from "@monotask/slo";
import type { ReportInput, ReportKind, Slo } from "@monotask/slo";
import type { QueryPort } from "@monotask/telemetry";
import dashboardJson from "../../../../config/cloudflare-dashboard.json";
import type { SloStore } from "../slo/store.ts";
import { untaken } from "./untaken.ts";

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
/** A report that is made soon after its period shows the budgets as they stand. */
const REPORTED_AFTER_MINUTES = 60;
/** AlertManager's history of a month, and then some. */
const MOST_HISTORY = 1_000;
const MOST_GROUPS = 20;
const MOST_NAMED = 3;

/** Makes a report of a period from stored hours, the alert history and what was written meanwhile. */
export async function renderReport(deps: ReportDeps, kind: ReportKind, period: ReportPeriod): Promise<RenderedReport> {
  const statuses = await deps.store.statuses(deps.slos);
  const lastMinute = period.toMinute - 1;
  // Budgets that are no longer those of the period's end are worked out from the hours that lead up to it.
  const past = new Set(deps.slos.filter((slo) => isPast(slo, statuses.minute, lastMinute)));
  const fromMinute = Math.min(period.fromMinute, ...[...past].map((slo) => budgetStart(slo, lastMinute)));
  const [hours, unacknowledged, deadLetters, unshownMetrics] = await Promise.all([
    deps.store.slices(60, fromMinute, period.toMinute),
    unacknowledgedAlerts(deps.alerts, period),
    waitingLetters(deps.letters),
    unshown(deps.query, period),
  ]);
  const ofSlo = Map.groupBy(hours, ({ sloName }) => sloName);
  const report = makeReport({
    kind,
    ...period,
    slos: deps.slos.map((slo) => {
      const cells = ofSlo.get(slo.name) ?? [];
      const present = statuses.slos.find((status) => status.name === slo.name)?.budgetLeftRatio;
      return { slo, cells, budgetLeftRatio: past.has(slo) ? budgetLeftAt(slo, cells, lastMinute) : present };
    }),
    unacknowledged,
    deadLetters,
    unshownMetrics,
  });
  const hasData = hours.some(({ minute, total }) => minute >= period.fromMinute && total > 0);
  return { title: report.title, html: reportHtml(report), markdown: reportMarkdown(report), hasData };
}

/** Whether the newest status no longer speaks of the budget as it was after a minute: a rolling one has moved on, a calendar one begun anew. */
function isPast(slo: Slo, statusMinute: number | undefined, minute: number): boolean {
  if (statusMinute === undefined || statusMinute <= minute) return false;
  const isLate = statusMinute - minute > REPORTED_AFTER_MINUTES;
  return isLate || (slo.window.kind === "calendar" && budgetStart(slo, statusMinute) !== budgetStart(slo, minute));
}

/** Alerts that fired in the period and that nobody took note of while their group was open. */
async function unacknowledgedAlerts(alerts: ReportDeps["alerts"], period: ReportPeriod): Promise<ReportInput["unacknowledged"]> {
  const history = (await alerts?.history(MOST_HISTORY)) ?? [];
  return untaken(history.toReversed())
    .filter(({ atMs }) => atMs >= period.fromMinute * MINUTE_MS && atMs < period.toMinute * MINUTE_MS)
    .map(({ text, atMs }) => ({ name: text, firedMinute: Math.floor(atMs / MINUTE_MS) }));
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
