import { alertManagerOf } from "@monotask/alerts";
import { reportPeriod } from "@monotask/slo";
import type { ReportKind } from "@monotask/slo";
import { readChannels } from "@monotask/telemetry";
import { letterStore } from "../queues/desk.ts";
import { shippedSlos } from "../slo/slo-file.ts";
import { createSloStore } from "../slo/store.ts";
import type { TickContext, TickStep } from "../ticks/step.ts";
import { renderReport } from "./make.ts";
import { createReportShelf } from "./shelf.ts";
import type { StoredReport } from "./shelf.ts";

const KINDS: readonly ReportKind[] = ["weekly", "monthly"];
/** Reports are made from this minute of an hour on, when the hour before is stored, and looked after once an hour. */
const MINUTE_OF_HOUR = 10;

/**
 * Once a week and once a month: makes the report of the period that is over, keeps it in D1 and R2 and mails it. A report is made once; a
 * mail that failed is tried again an hour later.
 */
export const reportStep: TickStep = {
  name: "reports",
  async run(context) {
    const minute = Math.floor(context.scheduledMs / 60_000);
    if (minute % 60 !== MINUTE_OF_HOUR) return;
    const shelf = createReportShelf(context.env);
    for (const kind of KINDS) {
      const period = reportPeriod(kind, minute);
      const known = await shelf.find(kind, period.fromMinute);
      if (known?.isMailed === true) continue;
      const report = known ?? (await make(context, kind, period));
      // The week before the installation is not a week without good news.
      if (report === undefined) continue;
      if (known === undefined) await shelf.keep(report);
      if (await mail(context, report)) await shelf.markMailed(report);
    }
  },
};

async function make(
  { env, query, logger }: TickContext,
  kind: ReportKind,
  period: ReturnType<typeof reportPeriod>,
): Promise<StoredReport | undefined> {
  const deps = {
    slos: shippedSlos(logger),
    store: createSloStore(env.DB),
    alerts: alertManagerOf(env),
    letters: letterStore(env),
    query,
  };
  const { hasData, ...report } = await renderReport(deps, kind, period);
  return hasData ? { kind, fromMinute: period.fromMinute, isMailed: false, ...report } : undefined;
}

/** Mails a report; true also where nobody is to get one, so that it is not tried for ever. */
async function mail({ env, logger }: TickContext, report: StoredReport): Promise<boolean> {
  const { alertEmail } = readChannels(env);
  if (alertEmail === undefined) return true;
  const from = alertEmailFrom(env) ?? alertEmail;
  try {
    await env.EMAIL.send({ from, to: alertEmail, subject: report.title, text: report.markdown, html: report.html });
    return true;
  } catch (error) {
    logger.error("a report could not be mailed; the next hour tries again", { report: report.title, why: String(error) });
    return false;
  }
}

function alertEmailFrom(env: object): string | undefined {
  const from: unknown = Reflect.get(env, "ALERT_EMAIL_FROM");
  return typeof from === "string" && from !== "" ? from : undefined;
}
