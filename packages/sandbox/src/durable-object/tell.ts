import { createAlertClient, type AlertSignal } from "@monotask/alerts";
import { createWriter, datasetOf, propertyOf, type Settings } from "@monotask/telemetry";
import type { Cause, Sandbox } from "../model/sandbox.ts";
import type { Effect } from "../registry/state.ts";

const TIMEOUTS: readonly Cause[] = ["provision-timeout", "exec-timeout", "suspected-infinite-loop", "lifetime"];

const WORDS: Readonly<Record<Cause, string>> = {
  "provision-timeout": "did not start in time",
  "exec-timeout": "worked longer than it may",
  "suspected-infinite-loop": "is busy and gives no sign of life: a suspected infinite loop",
  lifetime: "lives longer than it may",
  idle: "is unused",
  orphan: "runs, though nobody took a place for it",
  killed: "was killed by a person",
  "provision-failed": "could not be started",
  "destroy-failed": "could not be destroyed",
};

/** Writes what the registry alone saw as data points, and raises alerts for what a person has to know. Never rejects. */
export async function tellEffects(env: object, settings: Settings, hostName: string, effects: readonly Effect[]): Promise<void> {
  const { version, environment, team } = settings;
  const identity = { workerName: hostName, version, environment, team };
  const writer = createWriter({ dataset: datasetOf(propertyOf(env, "ANALYTICS")), identity });
  const raised: Promise<unknown>[] = [];
  for (const effect of effects) {
    if (effect.kind === "stuck") {
      writer.write("sandbox", stuckPoint(effect.sandbox, hostName));
      raised.push(
        createAlertClient(env, { workerName: hostName }).raise(signalOf(effect.sandbox, settings, hostName, "warning")),
      );
    }
    if (effect.kind === "undestroyable") {
      raised.push(
        createAlertClient(env, { workerName: hostName }).raise(signalOf(effect.sandbox, settings, hostName, "critical")),
      );
    }
    if (effect.kind === "ended" && effect.ended.exitReason === "vanished") {
      const { id, pool, owner, workerName } = effect.sandbox;
      const exitReason = effect.ended.exitReason;
      writer.write("sandbox", {
        ...named(workerName, hostName),
        sandboxId: id,
        pool,
        owner,
        event: "ghost",
        outcome: "failed",
        exitReason,
      });
    }
  }
  await Promise.all(raised);
}

function stuckPoint(sandbox: Sandbox, hostName: string) {
  const { id, pool, owner, cause, workerName, acquiredAtMs, statusSinceMs } = sandbox;
  return {
    ...named(workerName, hostName),
    sandboxId: id,
    pool,
    owner,
    event: cause === "orphan" ? "orphan" : "stuck",
    outcome: cause !== null && TIMEOUTS.includes(cause) ? "timeout" : "failed",
    exitReason: cause ?? "",
    lifetimeMs: statusSinceMs - acquiredAtMs,
  };
}

function named(workerName: string, hostName: string): { workerName: string } {
  return { workerName: workerName === "" ? hostName : workerName };
}

function signalOf(sandbox: Sandbox, settings: Settings, hostName: string, severity: "warning" | "critical"): AlertSignal {
  const { id, pool, owner, cause, destroyAttempts, lastFailure } = sandbox;
  const { environment, team, clock } = settings;
  const worker = sandbox.workerName === "" ? hostName : sandbox.workerName;
  const what = cause === null ? "is stuck" : WORDS[cause];
  const isCritical = severity === "critical";
  return {
    name: isCritical ? "sandbox:undestroyable" : "sandbox:stuck",
    labels: { worker, environment, team, symptom: "saturation", severity, pool },
    status: "firing",
    startsAt: clock.now(),
    summary: isCritical
      ? `Sandbox ${id} of pool ${pool} cannot be destroyed after ${destroyAttempts} attempts`
      : `Sandbox ${id} of pool ${pool} ${what}`,
    description: [
      owner === "" ? "" : `It belongs to ${owner}.`,
      lastFailure === null ? "" : `The last attempt failed: ${lastFailure}.`,
      isCritical
        ? "It keeps its place in the pool and is tried again."
        : "It is being destroyed; its place is free once it is gone.",
    ]
      .filter((sentence) => sentence !== "")
      .join(" "),
    runbookUrl: "runbooks/sandbox-stuck.md",
    suggestedChecks: [
      `monotask sandbox show ${id}`,
      isCritical ? `monotask sandbox kill ${id} --force` : "monotask sandbox reconcile",
    ],
  };
}
