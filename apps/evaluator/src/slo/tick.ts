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
import { measure, measureFrom } from "./measure.ts";
import type { Measured } from "./measure.ts";
import { blindSignal, missedSignal, signalsOf, storeSignal, versionSignal } from "./signals.ts";
import type { Defaults } from "./signals.ts";
import type { Loaded, SloStore, TickRecord, TickRow } from "./store.ts";
import { decideWithoutStore } from "./without-store.ts";

/** What a tick works with. Time comes in as the scheduled moment, nothing here reads a clock. */
export interface TickDeps {
  readonly slos: readonly Slo[];
  readonly query: QueryPort;
  readonly store: SloStore;
  readonly alerts: Pick<AlertManagerApi, "raise" | "wake">;
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
  let result: TickResult;
  try {
    result = await decideMinute(deps, minute);
  } catch (error) {
    deps.logger.error("the tick's database cannot be used; only fast pages are decided", { minute, why: String(error) });
    return decideWithoutStore(deps, minute, String(error));
  }
  await tellWaiting(deps);
  return result;
}

async function decideMinute(deps: TickDeps, minute: number): Promise<TickResult> {
  await applyLateExclusions(deps, minute);
  const loaded = await deps.store.load(deps.slos);
  if (loaded.newest !== undefined && loaded.newest.minute >= minute)
    return loaded.newest.minute === minute ? "repeated" : "stale";
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
    return "blind";
  }
  // Before anything is decided: a rerun after a crash decides on the same figures.
  const isFirst = stored !== undefined || (await deps.store.saveMeasurement(minute, measured.measurement));
  // A run of the same minute that was quicker has said what was measured.
  const measurement = (isFirst ? undefined : await deps.store.measurement(minute)) ?? measured.measurement;
  await deps.store.save(deps.slos, await decision(deps, loaded, measurement));
  return "decided";
}

async function measureAnew(deps: TickDeps, { memory }: Loaded, fromMinute: number, minute: number): Promise<Measured> {
  const invocations = await deps.store.invocations(fromMinute, minute + 1);
  return measure(deps, fromMinute, minute, { invocations, ...(memory && { decidedMinute: memory.minute }) });
}

/** Everything that follows from the memory, the measurement and the stored rows; the same input gives the same record. */
async function decision(deps: TickDeps, { memory, newest }: Loaded, measurement: TickMeasurement): Promise<TickRecord> {
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
  return {
    minute,
    outcome: "decided",
    memory: advanced.memory,
    rows: advanced.rows,
    signals: [
      ...monitoringSignals(deps, { memory, newest }, measurement, isAfterGap),
      ...statuses.flatMap((status) => signalsOf(status, before(status), deps.defaults, isAfterGap)),
      ...goneSignals(deps, newest),
      ...versionSignals(deps, memory, advanced.memory),
    ],
  };
}

/** What the monitoring has to say of itself: it sees again, it has its database again, it missed something. */
function monitoringSignals(
  deps: TickDeps,
  { memory, newest }: Loaded,
  measurement: TickMeasurement,
  isAfterGap: boolean,
): AlertSignal[] {
  const minute = measurement.toMinute - 1;
  const digest = missedDigest(deps.slos, measurement, memory?.minute);
  const toldMissing =
    newest?.signals.some((signal) => signal.name === "monitoring:missed" && signal.status === "firing") ?? false;
  const ended = { fromMinute: minute, toMinute: minute, lines: ["The minutes that were missed are in the budgets."] };
  return [
    ...(newest?.outcome === "blind" ? [blindSignal("resolved", minute, "Analytics Engine answers again", deps.defaults)] : []),
    ...(isAfterGap ? [storeSignal("resolved", minute, "The database answers again", deps.defaults)] : []),
    ...(digest === undefined ? [] : [missedSignal(digest, "firing", deps.defaults)]),
    ...(toldMissing && digest === undefined ? [missedSignal(ended, "resolved", deps.defaults)] : []),
  ];
}

/** Ends the alerts of SLOs that left the file, which nothing else would end. */
function goneSignals(deps: TickDeps, newest: TickRow | undefined): AlertSignal[] {
  const names = new Set(deps.slos.map((slo) => slo.name));
  return (newest?.signals ?? []).flatMap((signal): AlertSignal[] => {
    const name = signal.labels["slo"];
    if (signal.status !== "firing" || name === undefined || names.has(name)) return [];
    return [{ ...signal, status: "resolved", summary: `${name} is no longer among the SLOs` }];
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
