import { heartbeatBlocker, sendHeartbeat } from "@monotask/alerts";
import type { Backlog } from "@monotask/alerts";
import { propertyOf, readSettings } from "@monotask/telemetry";
import { createSloStore } from "../slo/store.ts";
import type { ClosingStep, TickContext } from "./step.ts";

const MINUTE_MS = 60_000;
/** The newest decided minute lies a few minutes back, because rows arrive late; older than this it is stuck. */
const MAX_LAG_MINUTES = 10;

/**
 * The dead man's switch: HEARTBEAT_URL hears of a tick that measured, persisted, told AlertManager and leaves no delivery waiting. Whoever
 * watches that address notices when it falls silent.
 */
export const heartbeatStep: ClosingStep = {
  name: "heartbeat",
  async run({ env, scheduledMs, alerts, logger }, failed) {
    const url = propertyOf(env, "HEARTBEAT_URL");
    if (typeof url !== "string" || url.trim() === "") return;
    const { clock } = readSettings(env);
    const unfinished = await unfinishedOf(env.DB, scheduledMs);
    const backlog = await backlogOf(alerts);
    const blocker = heartbeatBlocker({ failed, backlog, nowMs: clock.now(), ...(unfinished !== undefined && { unfinished }) });
    if (blocker !== undefined) {
      logger.error("no heartbeat is sent", { why: blocker });
      return;
    }
    const failure = await sendHeartbeat(
      url.trim(),
      (to, init) => fetch(to, init),
      propertyOf(env, "ALLOW_LOOPBACK_CHANNELS") === "true",
    );
    if (failure !== undefined) logger.error("the heartbeat was not taken", { why: failure });
  },
};

async function backlogOf(alerts: TickContext["alerts"]): Promise<Backlog | undefined> {
  try {
    // A write: an AlertManager that can only be read tells nobody anything.
    await alerts.wake();
    return await alerts.backlog();
  } catch {
    return undefined;
  }
}

async function unfinishedOf(db: Env["DB"], scheduledMs: number): Promise<string | undefined> {
  const store = createSloStore(db);
  const newest = await store.newestTick();
  if (newest === undefined) return "no minute has been measured yet";
  if (newest.outcome !== "decided") return "the newest minute could not be measured";
  const lag = Math.floor(scheduledMs / MINUTE_MS) - newest.minute;
  // Every tick is older than that minute and decides nothing, until the clock has caught up.
  if (lag < 0) return `the newest decided minute lies ${-lag} min ahead of the clock: ticks decide nothing until then`;
  if (lag > MAX_LAG_MINUTES) return `the newest decided minute is ${lag} min old`;
  const untold = (await store.untoldTicks()).length;
  return untold > 0 ? `${untold} ticks have not reached AlertManager` : undefined;
}
