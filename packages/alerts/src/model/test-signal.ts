import type { DrillRequest } from "../client/env.ts";
import { alertId } from "./identity.ts";
import type { AlertSignal } from "./signal.ts";
import type { Target } from "./target.ts";

/** A test is over after this long; its end is told within a minute of its beginning. */
const TEST_MS = 20_000;

/** One real message that says it is a test, to these targets alone. */
export function testSignal(id: string, targets: Target[], by: string, nowMs: number): { signal: AlertSignal; alertId: string } {
  const signal: AlertSignal = {
    name: "monitoring:test",
    labels: { worker: "monotask-evaluator", environment: "test", team: "test", symptom: "data", severity: "info" },
    status: "firing",
    startsAt: nowMs,
    summary: `A test message asked for by ${by}`,
    description: "Nothing is wrong. If you can read this, alerts reach you here. It resolves itself within a minute.",
    drill: { id, kind: "test", targets, lastsMs: TEST_MS },
  };
  return { signal, alertId: alertId(signal.name, signal.labels, id) };
}

/** A drill of a rule lasts this long; its end is told like any other. */
const DRILL_MS = 60_000;

const MADE_UP =
  "This is a drill: the measurements are made up and nothing is wrong. Do what the runbook says, but change nothing.";

/**
 * A made-up outage of a rule that takes the whole path, to these targets alone.
 *
 * @param like what the rule says of made-up measurements, where it was asked; its worker, environment and team are left out, for
 *   they may be real
 */
export function drillSignal(
  id: string,
  { rule, targets, by, severity, signal: like }: DrillRequest,
  nowMs: number,
): { signal: AlertSignal; alertId: string } {
  const { symptom = "errors", severity: judged = "critical" } = like?.labels ?? {};
  const signal: AlertSignal = {
    value: "10 %",
    threshold: "5 %",
    ...like,
    name: like?.name ?? rule,
    labels: { worker: "monotask-drill", environment: "drill", team: "drill", symptom, severity: severity ?? judged },
    status: "firing",
    startsAt: nowMs,
    summary: `Drill of ${rule}, asked for by ${by}`,
    description: like === undefined ? MADE_UP : `${MADE_UP}\n${like.description}`,
    drill: { id, kind: "drill", targets, lastsMs: DRILL_MS },
  };
  return { signal, alertId: alertId(signal.name, signal.labels, id) };
}
