import { queryOf, readStep } from "@monotask/runbooks";
import { RUNBOOKS } from "../runbooks.ts";
import type { ApiArea } from "./area.ts";
import { readLiveRange } from "./time-range.ts";

/** The runbooks of this build, and their queries run live: each answer is read into a sentence. */
export const runbookRoutes: ApiArea = (api, { rows, clock, keepAlive }) => {
  api.get("/api/runbooks", (c) =>
    c.json({
      runbooks: RUNBOOKS.map(({ runbook, when }) => ({
        name: runbook.name,
        title: runbook.title,
        when,
        alerts: runbook.about.alerts,
      })),
    }),
  );
  api.get("/api/runbooks/:name", (c) => {
    const found = RUNBOOKS.find(({ runbook }) => runbook.name === c.req.param("name"));
    if (found === undefined) return c.json({ error: `there is no runbook "${c.req.param("name")}"` }, 404);
    const { runbook, text } = found;
    const { owner, updated, escalation } = runbook.about;
    return c.json({ name: runbook.name, title: runbook.title, owner, updated, escalation, text });
  });
  api.get("/api/runbooks/:name/steps/:number", async (c) => {
    const found = RUNBOOKS.find(({ runbook }) => runbook.name === c.req.param("name"));
    const step = found?.runbook.steps.find(({ number }) => String(number) === c.req.param("number"));
    if (step?.type !== "query") return c.json({ error: "there is no such query" }, 404);
    const range = readLiveRange(c.req.query(), clock.now());
    if (range.kind === "invalid") return c.json({ error: range.error }, 400);
    const { workerName } = range.filters;
    const { fromMs, toMs } = range;
    const result = await rows.rows(
      queryOf(step, { fromMs, toMs, ...(workerName !== undefined && { worker: workerName }) }),
      clock.now(),
      keepAlive,
    );
    if (result.kind === "failed") return c.json({ error: result.message }, 502);
    const reading = readStep(step, result.kind === "rows" ? result.rows : [], spanOf(toMs - fromMs));
    return c.json({ ...reading, rows: reading.rows.slice(0, step.shownRows) });
  });
};

/** `6 h`, as a person says it. */
function spanOf(ms: number): string {
  const hours = ms / 3_600_000;
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  return hours < 48 ? `${Number(hours.toFixed(1))} h` : `${Math.round(hours / 24)} d`;
}
