import { RUNBOOKS } from "../runbooks.ts";
import type { ApiArea } from "./area.ts";

/** The runbooks that are part of this build. */
export const runbookRoutes: ApiArea = (api) => {
  api.get("/api/runbooks", (c) => c.json({ runbooks: RUNBOOKS.map(({ name, title, when }) => ({ name, title, when })) }));
  api.get("/api/runbooks/:name", (c) => {
    const runbook = RUNBOOKS.find(({ name }) => name === c.req.param("name"));
    return runbook === undefined ? c.json({ error: `there is no runbook "${c.req.param("name")}"` }, 404) : c.json(runbook);
  });
};
