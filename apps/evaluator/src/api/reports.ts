import { reportPeriod } from "@monotask/slo";
import type { ReportKind } from "@monotask/slo";
import { createLogger, readSettings } from "@monotask/telemetry";
import { queryPort } from "../query-port.ts";
import { letterStore } from "../queues/desk.ts";
import { renderReport } from "../reports/make.ts";
import { createReportShelf } from "../reports/shelf.ts";
import { shippedSlos } from "../slo/slo-file.ts";
import type { ApiArea } from "./area.ts";

const KINDS: readonly ReportKind[] = ["weekly", "monthly"];

/** Reports: those that were made, and one made on the spot: the last whole period, or with `?current=1` the one that is under way. */
export const reportRoutes: ApiArea = (api, { env, store, alerts }) => {
  api.get("/api/v1/reports", async (c) => c.json({ reports: await createReportShelf(env).list() }));
  api.get("/api/v1/reports/:kind", async (c) => {
    const kind = KINDS.find((known) => known === c.req.param("kind"));
    if (kind === undefined) return c.json({ error: "reports are weekly or monthly" }, 404);
    const { clock, logLevel: level } = readSettings(env);
    const nowMinute = Math.floor(clock.now() / 60_000);
    const last = reportPeriod(kind, nowMinute);
    const current = { fromMinute: last.toMinute, toMinute: Math.max(last.toMinute + 60, Math.ceil(nowMinute / 60) * 60) };
    const period = c.req.query("current") === undefined ? last : current;
    const kept = c.req.query("current") === undefined ? await createReportShelf(env).find(kind, period.fromMinute) : undefined;
    const slos = shippedSlos(createLogger({ workerName: "monotask-evaluator", level, clock }));
    const { title, html, markdown } =
      kept ?? (await renderReport({ slos, store, alerts, letters: letterStore(env), query: queryPort(env) }, kind, period));
    return c.json({ kind, ...period, title, html, markdown });
  });
};
