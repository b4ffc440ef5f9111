import { createEvaluatorApi, type AlertLine } from "../stack/evaluator-api.ts";
import { switchFaults } from "../stack/fault-switches.ts";
import type { Stack } from "../stack/stack.ts";
import type { Steps } from "./report.ts";
import { until } from "./until.ts";

/** A backlog, agents that never end and a pool that is taken, all at once: nothing of it fails a request. */
const FAULTS = { queueBacklog: 700, sandboxStuck: true, sandboxCapacity: 21 } as const;
/** The rules of config/alerts.yaml that this must set off. */
const RULES: readonly string[] = [
  "queue-depth-critical",
  "queue-depth-warning",
  "sandboxes-active-warning",
  "sandbox-timeouts-warning",
];
const PATIENCE_MS = 75_000;

/** Breaks what runs behind the requests. */
export async function saturate(stack: Stack): Promise<void> {
  await switchFaults(stack.addresses.demo, FAULTS);
}

/** The rules of queue and sandboxes fire while they are saturated, and end when they are not. */
export async function runSaturation(stack: Stack, steps: Steps): Promise<void> {
  const api = createEvaluatorApi(stack.addresses.evaluator);
  const firing = async (): Promise<readonly string[]> => namesOf((await api.alerts()).filter(({ isFiring }) => isFiring));

  await steps.run("A backlog and stuck sandboxes: their rules fire", RULES.join(", "), async () => {
    const seen = new Set<string>();
    await until(
      async () => {
        for (const name of await firing()) seen.add(name);
        return seen;
      },
      () => RULES.every((rule) => seen.has(rule)),
      PATIENCE_MS,
    ).finally(() => switchFaults(stack.addresses.demo, undefined));
    return { ok: RULES.every((rule) => seen.has(rule)), observed: RULES.filter((rule) => seen.has(rule)).join(", ") || "none" };
  });

  await steps.run("Mended: they end", "none of them fires", async () => {
    const left = await until(firing, (names) => names.length === 0, PATIENCE_MS);
    return { ok: left.length === 0, observed: left.length === 0 ? "none of them fires" : `still firing: ${left.join(", ")}` };
  });
}

function namesOf(alerts: readonly AlertLine[]): readonly string[] {
  return RULES.filter((rule) => alerts.some(({ name }) => name === rule || name.endsWith(`:${rule}`)));
}
