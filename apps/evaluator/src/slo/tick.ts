import type { AlertManagerApi, AlertSignal } from "@monotask/alerts";
import {
  advance,
  alertsAt,
  historyRanges,
  layoutOf,
  missedDigest,
  planTick,
  watermarkMinute,
  worseVersions,
} from "@monotask/slo";
import type { AlertMemory, EngineMemory, Slo, SloStatus, StoredHistory, TickMeasurement, WorseVersion } from "@monotask/slo";
import type { Logger, QueryPort } from "@monotask/telemetry";
import { applyLateExclusions } from "./exclusions.ts";
import { endForgotten } from "./forgotten.ts";
import { measure, measureFrom } from "./measure.ts";
import type { Measured } from "./measure.ts";
import { blindSignal, missedSignal, signalsOf, standingSignals, storeSignal, versionSignal } from "./signals.ts";
import type { Defaults } from "./signals.ts";
import type { Loaded, SloStore, TickRecord, TickRow } from "./store.ts";
import { decideWithoutStore } from "./without-store.ts";

/** What a tick works with. Time comes in as the scheduled moment, nothing here reads a clock. */
export interface TickDeps {
  readonly slos: readonly Slo[];
  readonly query: QueryPort;
  readonly store: SloStore;
  readonly alerts: Pick<AlertManagerApi, "raise" | "wake" | "page">;
  readonly defaults: Defaults;
  readonly logger: Logger;
}

/** How a tick ended. `repeated`: this minute had been decided before; `stale`: a newer one has; `without-store`: D1 was away. */
export type TickResult = "decided" | "repeated" | "stale" | "blind" | "without-store";

/**
 * One tick: measure the closed minutes, store, decide, store, tell. The same scheduled moment twice changes nothing: what it measured is
 * decided on again, and its signals are told again only if they had not been told. Without its store it decides the fast pages all the
 * same.
 * @param scheduledMs the moment the cron was due, epoch milliseconds
 */
export async function runTick(deps: TickDeps, scheduledMs: number): Promise<TickResult> {
  const minute = watermarkMinute(scheduledMs);
  let ended: Ended;
  try {
    ended = await decideMinute(deps, minute);
  } catch (error) {
    deps.logger.error("the tick's database cannot be used; only fast pages are decided", { minute, why: String(error) });
    return decideWithoutStore(deps, minute, String(error));
  }
  const isAllTold = await tellWaiting(deps);
  if (isAllTold && ended.standing !== undefined) await endForgotten(deps, minute, ended.standing);
  return ended.result;
}

/** How a tick ended, and every alert that fires after it where it was decided. */
interface Ended {
  readonly result: TickResult;
  readonly standing?: readonly AlertSignal[];
}

async function decideMinute(deps: TickDeps, minute: number): Promise<Ended> {
  let loaded = await deps.store.load(deps.slos);
  if (loaded.newest !== undefined && loaded.newest.minute >= minute) {
    const newestMinute = loaded.newest.minute;
    if (newestMinute === minute) return { result: "repeated" };
    deps.logger.warn("a newer minute has been decided; this one is left", { minute, newestMinute });
    return { result: "stale" };
  }
  const isPastChanged = await applyLateExclusions(deps, minute);
  if (isPastChanged) loaded = await deps.store.load(deps.slos);
  const fromMinute = measureFrom(loaded.memory, deps.slos, minute);
  const stored = await deps.store.measurement(minute);
  const measured = stored
    ? ({ kind: "measured", measurement: stored } as const)
    : await measureAnew(deps, loaded, fromMinute, minute);
  if (measured.kind === "failed") {
    const { code, message } = measured.failure;
    deps.logger.error("the minute could not be measured", { minute, code, why: message });
    await deps.store.save(deps.slos, {
      minute,
      outcome: "blind",
      signals: [blindSignal("firing", minute, message, deps.defaults)],
    });
    return { result: "blind" };
  }
  // Before anything is decided: a rerun after a crash decides on the same figures.
  const isFirst = stored !== undefined || (await deps.store.saveMeasurement(minute, measured.measurement));
  // A run of the same minute that was quicker has said what was measured.
  const measurement = (isFirst ? undefined : await deps.store.measurement(minute)) ?? measured.measurement;
  const { record, standing } = await decision(deps, loaded, measurement);
  await deps.store.save(deps.slos, record);
  return { result: "decided", standing };
}

async function measureAnew(
  deps: TickDeps,
  { memory }: Pick<Loaded, "memory">,
  fromMinute: number,
  minute: number,
): Promise<Measured> {
  const invocations = await deps.store.invocations(fromMinute, minute + 1);
  return measure(deps, fromMinute, minute, { invocations, ...(memory && { decidedMinute: memory.minute }) });
}

/** Everything that follows from the memory, the measurement and the stored rows; the same input gives the same record. */
async function decision(
  deps: TickDeps,
  { memory, newest, isStale }: Loaded,
  measurement: TickMeasurement,
): Promise<{ readonly record: TickRecord; readonly standing: readonly AlertSignal[] }> {
  const minute = measurement.toMinute - 1;
  const plan = planTick(memory, deps.slos, measurement.fromMinute, minute);
  const rows = await deps.store.rows(plan.keys);
  const stored: StoredHistory =
    plan.kind === "cells"
      ? { kind: "cells", rows }
      : { kind: "history", rows, slices: await deps.store.history(historyRanges(memory?.minute, minute)) };
  const advanced = advance(memory, deps.slos, measurement, stored);
  const isAfterGap = newest !== undefined && newest.minute < minute - 1;
  // After a gap alerts may have been raised without the store: their ends are told of every SLO.
  const statuses = isAfterGap ? advanced.statuses() : advanced.told;
  const { indexOf } = layoutOf(deps.slos);
  const before = ({ name }: SloStatus): AlertMemory[] => {
    const index = indexOf.get(name);
    return memory === undefined || index === undefined ? [] : alertsAt(layoutOf(deps.slos), memory.board, index);
  };
  const ofMonitoring = monitoringSignals(deps, { memory, newest }, measurement, isAfterGap);
  const ofVersions = versionSignals(deps, memory, advanced.memory);
  const ofSlos = statuses.flatMap((status) => signalsOf(status, before(status), deps.defaults, isAfterGap));
  const record = {
    minute,
    outcome: "decided",
    memory: advanced.memory,
    wasStale: isStale,
    rows: advanced.rows,
    signals: [...ofMonitoring, ...ofSlos, ...goneSignals(deps, newest), ...ofVersions],
  } as const;
  const firing = [...ofMonitoring, ...ofVersions].filter(({ status }) => status === "firing");
  return { record, standing: [...firing, ...advanced.told.flatMap((status) => standingSignals(status, deps.defaults))] };
}

/** What the monitoring has to say of itself: it sees again, it has its database again, it missed something. */
function monitoringSignals(
  deps: TickDeps,
  { memory, newest }: Pick<Loaded, "memory" | "newest">,
  measurement: TickMeasurement,
  isAfterGap: boolean,
): AlertSignal[] {
  const minute = measurement.toMinute - 1;
  const digest = missedDigest(deps.slos, measurement, memory?.minute);
  const toldMissing =
    newest?.signals.some((signal) => signal.name === "monitoring:missed" && signal.status === "firing") ?? false;
  const ended = { fromMinute: minute, toMinute: minute, lines: ["The minutes that were missed are in the budgets."] };
  return [
    // Blindness beside a lost database was told without a record of it.
    ...(newest?.outcome === "blind" || isAfterGap
      ? [blindSignal("resolved", minute, "Analytics Engine answers again", deps.defaults)]
      : []),
    ...(isAfterGap ? [storeSignal("resolved", minute, "The database answers again", deps.defaults)] : []),
    ...(digest === undefined ? [] : [missedSignal(digest, "firing", deps.defaults)]),
    ...(toldMissing && digest === undefined ? [missedSignal(ended, "resolved", deps.defaults)] : []),
  ];
}

/** Ends the alerts of SLOs and rules that left the file, which no judgement would end. */
function goneSignals(deps: TickDeps, newest: TickRow | undefined): AlertSignal[] {
  const { alertIds, alertsFrom, indexOf } = layoutOf(deps.slos);
  return (newest?.signals ?? []).flatMap((signal): AlertSignal[] => {
    const name = signal.labels["slo"];
    if (signal.status !== "firing" || name === undefined) return [];
    const index = indexOf.get(name);
    const rules = index === undefined ? [] : alertIds.slice(alertsFrom[index], alertsFrom[index + 1]);
    if (rules.some((rule) => signal.name === `slo:${name}:${rule}`)) return [];
    const what = index === undefined ? `${name} is no longer among the SLOs` : `${name} no longer has this rule`;
    return [{ ...signal, status: "resolved", summary: what }];
  });
}

function versionSignals(deps: TickDeps, before: EngineMemory | undefined, now: EngineMemory): AlertSignal[] {
  const isSame = (a: WorseVersion, b: WorseVersion): boolean =>
    a.worker === b.worker && a.environment === b.environment && a.newer.version === b.newer.version;
  const worse = worseVersions(now.versions);
  const ended = worseVersions(before?.versions ?? []).filter((old) => !worse.some((other) => isSame(old, other)));
  return [
    ...worse.map((each) => versionSignal(each, "firing", now.minute, deps.defaults)),
    ...ended.map((each) => versionSignal(each, "resolved", now.minute, deps.defaults)),
  ];
}

/**
 * Tells what is decided and not yet told, oldest first. A failure is logged and tried again on the next tick.
 * @returns whether AlertManager has been told of everything that was asked for
 */
async function tellWaiting(deps: TickDeps): Promise<boolean> {
  try {
    for (const tick of await deps.store.untoldTicks()) {
      if (tick.signals.length > 0)
        await deps.alerts.raise({ id: `tick:${tick.minute}`, signals: [...tick.signals], source: "evaluator" });
      await deps.store.markTold(tick.minute);
    }
    await deps.alerts.wake();
    return true;
  } catch (error) {
    deps.logger.error("AlertManager could not be told; the next tick tries again", { why: String(error) });
    return false;
  }
}
