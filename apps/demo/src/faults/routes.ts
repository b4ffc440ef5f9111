import { Hono } from "hono";
import { createD1Store } from "../d1-store.ts";
import type { AppEnv } from "../edges.ts";
import { nowOf } from "../monitoring.ts";
import { answerError } from "../problem.ts";
import { addBulkRows, dropEventIndex, removeBulkRows, restoreEventIndex } from "./bulk-rows.ts";
import { callOffBacklog, sendBacklog, sendPoison } from "./jobs.ts";
import { holdPlaces, startOrphans, timeOutAgents } from "./sandboxes.ts";
import type { FaultState } from "./state.ts";
import { ALL_OFF, changesOf, MEANING, type Switches } from "./switches.ts";
import { killed, tellTail } from "./trace-items.ts";
import { tellUpstreams, touchesUpstreams } from "./upstreams.ts";

/** `GET` shows the switches, `POST` changes those it names, `DELETE` turns all off. An answer comes when the fault is in force. */
export function faultRoutes(state: FaultState): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  const shown = () => ({ switches: state.now(), meaning: MEANING });
  app.get("/__faults", (c) => c.json(shown()));
  app.post("/__faults", async (c) => {
    await apply(changesOf(await c.req.json().catch(() => undefined)), c.env, state);
    return c.json(shown());
  });
  app.delete("/__faults", async (c) => {
    await apply(ALL_OFF, c.env, state);
    return c.json(shown());
  });
  app.onError((error, c) => answerError(error, c));
  return app;
}

/** Undoes what the database remembers of switches that an ended process left on. */
export async function forgetLastRun(env: Env): Promise<void> {
  await restoreEventIndex(env.DB);
  await removeBulkRows(env.DB);
}

async function apply(changes: Partial<Switches>, env: Env, state: FaultState): Promise<void> {
  const before = state.now();
  const after = { ...before, ...changes };
  if (touchesUpstreams(changes) && !isSameForUpstreams(before, after)) await tellUpstreams(env.UPSTREAM_ADMIN_URL, after);
  await prepareDatabase(env.DB, before, after);
  state.change(changes);
  await startOrphans(env, changes.sandboxOrphan ?? 0);
  // Also for the same number again: the registry may have ended what was held.
  if (changes.sandboxCapacity !== undefined) await holdPlaces(env, changes.sandboxCapacity);
  await timeOutAgents(env, changes.sandboxTimeout ?? 0);
  if (before.queueBacklog > 0 && after.queueBacklog === 0) await callOffBacklog(env.DB, nowOf(env));
  tellTail(env, killed("exceededCpu", changes.cpuKills ?? 0));
  tellTail(env, killed("exceededMemory", changes.memoryKills ?? 0));
  await sendPoison(env.AGENT_JOBS, changes.poisonMessage ?? 0);
  await sendBacklog(
    env.AGENT_JOBS,
    createD1Store({ db: env.DB, now: () => nowOf(env), query: (run) => run() }),
    changes.queueBacklog ?? 0,
  );
}

async function prepareDatabase(db: D1Database, before: Switches, after: Switches): Promise<void> {
  const needsRows = after.slowQuery || after.lockContention;
  if (after.slowQuery && !before.slowQuery) await dropEventIndex(db);
  if (needsRows) await addBulkRows(db);
  if (!after.slowQuery && before.slowQuery) await restoreEventIndex(db);
  if (!needsRows && (before.slowQuery || before.lockContention)) await removeBulkRows(db);
}

function isSameForUpstreams(a: Switches, b: Switches): boolean {
  return a.upstreamDown === b.upstreamDown && a.upstreamSlowMs === b.upstreamSlowMs && a.upstream429 === b.upstream429;
}
