import type { AlertManagerApi, AlertSignal } from "@monotask/alerts";
import { evaluateSlo, measurementQuery, rollUp, slicesFromRows, watermarkMinute } from "@monotask/slo";
import type { Slice, Slo, SloStatus } from "@monotask/slo";
import type { Logger, QueryPort, QueryResult } from "@monotask/telemetry";
import { blindSignal, signalsOf } from "./signals.ts";
import type { Defaults } from "./signals.ts";
import type { SloStore, StoredStatus, TickRow } from "./store.ts";

/** What a tick works with. Time comes in as the scheduled moment, nothing here reads a clock. */
export interface TickDeps {
  readonly slos: readonly Slo[];
  readonly query: QueryPort;
  readonly store: SloStore;
  readonly alerts: Pick<AlertManagerApi, "raise" | "wake">;
  readonly defaults: Defaults;
  readonly logger: Logger;
}

/** How a tick ended. `repeated`: this minute had been decided before; `stale`: a newer one has. */
export type TickResult = "decided" | "repeated" | "stale" | "blind";

/** Minutes measured again on each tick, because rows arrive late. */
const REMEASURED_MINUTES = 5;
/** How far back a tick catches up after missed ones, or looks on the first one. */
const CATCH_UP_MINUTES = 6 * 60;
const FIVE_MINUTE_TIER_FROM = 3 * 1_440;

/**
 * One tick: measure the closed minutes, store, decide, store, tell. The same scheduled moment twice changes nothing: its stored signals
 * are told again only if they had not been told.
 * @param scheduledMs the moment the cron was due, epoch milliseconds
 */
export async function runTick(deps: TickDeps, scheduledMs: number): Promise<TickResult> {
  const minute = watermarkMinute(scheduledMs);
  const newest = await deps.store.newestTick();
  if (newest && newest.minute >= minute) {
    await tellWaiting(deps);
    return newest.minute === minute ? "repeated" : "stale";
  }
  const fromMinute = Math.max(minute - CATCH_UP_MINUTES, (newest?.minute ?? minute - CATCH_UP_MINUTES) - REMEASURED_MINUTES + 1);
  const result = await deps.query.run(measurementQuery(deps.slos, { fromMs: fromMinute * 60_000, toMs: (minute + 1) * 60_000 }));
  const outcome = result.kind === "failed" ? "blind" : "decided";
  if (result.kind === "failed") {
    deps.logger.error("the minute could not be measured", { minute, code: result.code, why: result.message });
    await deps.store.save({
      minute,
      outcome,
      signals: [blindSignal("firing", minute, result.message, deps.defaults)],
      slices: [],
      statuses: [],
    });
  } else await decideMinute(deps, { minute, fromMinute, result, newest });
  await tellWaiting(deps);
  return outcome;
}

interface Measured {
  readonly minute: number;
  readonly fromMinute: number;
  readonly result: Exclude<QueryResult, { kind: "failed" }>;
  readonly newest: TickRow | undefined;
}

async function decideMinute(deps: TickDeps, { minute, fromMinute, result, newest }: Measured): Promise<void> {
  const measured = result.kind === "rows" ? slicesFromRows(deps.slos, result.rows) : [];
  const kept = await keptSlices(deps.store, minute);
  const minutes = [...kept.minutes.filter((slice) => slice.minute < fromMinute), ...measured];
  const rolled = [...rollUp(touched(minutes, fromMinute, 5), 5), ...rollUp(touched(minutes, fromMinute, 60), 60)];
  const cells = [...kept.coarse, ...minutes];
  const { slos: before } = await deps.store.statuses();
  const judged = deps.slos.map((slo) => {
    const previous = before.find((status) => status.name === slo.name)?.alerts ?? [];
    const own = cells.filter((cell) => cell.sloName === slo.name);
    const firstMinute = own.find((cell) => cell.total > 0)?.minute;
    const status = evaluateSlo(slo, own, { nowMinute: minute, firstMinute, previous });
    return { status, signals: signalsOf(status, previous, deps.defaults) };
  });
  const sees: AlertSignal[] =
    newest?.outcome === "blind" ? [blindSignal("resolved", minute, "Analytics Engine answers again", deps.defaults)] : [];
  await deps.store.save({
    minute,
    outcome: "decided",
    slices: [...measured, ...rolled],
    statuses: judged.map(({ status }) => storedStatus(status)),
    signals: [...sees, ...judged.flatMap(({ signals }) => signals)],
  });
}

/** Cells of all tiers up to `minute` without overlap: hours, then five minutes, then the minutes of the last hours. */
async function keptSlices(store: SloStore, minute: number): Promise<{ minutes: Slice[]; coarse: Slice[] }> {
  const minutesFrom = Math.floor((minute - CATCH_UP_MINUTES - REMEASURED_MINUTES) / 60) * 60;
  const fivesFrom = Math.floor((minute - FIVE_MINUTE_TIER_FROM) / 60) * 60;
  const [hours, fives, minutes] = await Promise.all([
    store.slices(60, minute - 91 * 1_440, fivesFrom),
    store.slices(5, fivesFrom, minutesFrom),
    store.slices(1, minutesFrom, minute + 1),
  ]);
  return { minutes, coarse: [...hours, ...fives] };
}

/** Minute slices of the cells of `span` that hold a minute from `fromMinute` on. */
function touched(minutes: readonly Slice[], fromMinute: number, span: number): Slice[] {
  const from = Math.floor(fromMinute / span) * span;
  return minutes.filter((slice) => slice.minute >= from);
}

/** Tells what is decided and not yet told, oldest first. A failure is logged and tried again on the next tick. */
async function tellWaiting(deps: TickDeps): Promise<void> {
  try {
    for (const tick of await deps.store.untoldTicks()) {
      if (tick.signals.length > 0)
        await deps.alerts.raise({ id: `tick:${tick.minute}`, signals: [...tick.signals], source: "evaluator" });
      await deps.store.markTold(tick.minute);
    }
    await deps.alerts.wake();
  } catch (error) {
    deps.logger.error("AlertManager could not be told; the next tick tries again", { why: String(error) });
  }
}

function storedStatus(status: SloStatus): StoredStatus {
  return {
    name: status.name,
    minute: status.minute,
    state: status.state,
    target: status.slo.targetText,
    sentence: status.sentence,
    budgetLeftRatio: status.budget.leftRatio,
    budgetLeftEvents: status.budget.leftEvents,
    budgetLeftMinutes: status.budget.leftMinutes,
    runbook: status.slo.runbook,
    windows: status.windows.map((window) => ({ minutes: window.windowMinutes, burn: window.burn })),
    alerts: status.alerts.map(({ rule, isFiring, sinceMinute }) => ({ rule, isFiring, sinceMinute })),
  };
}
