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
