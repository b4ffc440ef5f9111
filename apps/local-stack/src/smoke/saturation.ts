import { createEvaluatorApi, type EvaluatorApi, type SloLine } from "../stack/evaluator-api.ts";
import { switchFaults } from "../stack/fault-switches.ts";
import type { Stack } from "../stack/stack.ts";
import type { Steps } from "./report.ts";
import { deliveredTo, isSameCount, textOfCounts, type ToldCounts } from "./told.ts";
import { until } from "./until.ts";

interface Path {
  readonly stack: Stack;
  /** How long a step waits for what it expects, real milliseconds. */
  readonly patienceMs: number;
  readonly steps: Steps;
}

/** What fills up is seen by the evaluator's gauges; what times out is told by the worker that ran it. */
const FULL = "environment=production,worker=monotask-evaluator,symptom=saturation";
const TIMED_OUT = "environment=production,worker=monotask-demo,symptom=saturation";
const TIMEOUTS = "rule:sandbox-timeouts-warning";
const WARNINGS = ["rule:queue-depth-warning", "rule:sandboxes-active-warning"];
const CRITICAL = "rule:queue-depth-critical";

/** Where a warning and a critical alert of the production environment go. */
const WARNED: ToldCounts = { log: 1, slack: 1 };
const PAGED: ToldCounts = { email: 1, log: 1, pagerduty: 1, slack: 1 };

/** More than the 20 executions below which the rule says nothing, and no more than the pool has places. */
const TIMED_OUT_AGENTS = 24;
/** The alert begins at 21. */
const HELD_PLACES = 21;
/** Above 100 and below 500 while the consumer works on them, then above 500. */
const [FIRST_BACKLOG, SECOND_BACKLOG] = [250, 450];

/** Agents that never end: more than 5 % of the executions time out. Their end is for `runSaturation`, which it takes a window's time. */
export async function runSandboxTimeouts({ stack, steps, patienceMs }: Path): Promise<void> {
  const api = createEvaluatorApi(stack.addresses.evaluator);
  await steps.run("Sandboxes time out: the warning fires", `${TIMEOUTS}, told once by ${textOfCounts(WARNED)}`, async () => {
    await switchFaults(stack.addresses.demo, { sandboxTimeout: TIMED_OUT_AGENTS });
    return firing(api, { rules: [TIMEOUTS], group: TIMED_OUT, wanted: WARNED, patienceMs });
  });
}

/** A backlog beside a pool that is nearly full: both warn, the backlog grows and pages; mended, all of them end. */
export async function runSaturation({ stack, steps, patienceMs }: Path): Promise<void> {
  const api = createEvaluatorApi(stack.addresses.evaluator);
  const { demo } = stack.addresses;

  await steps.run(
    "More than 20 sandboxes, more than 100 messages: both warn",
    `${WARNINGS.join(" and ")}, first told once by ${textOfCounts(WARNED)}`,
    async () => {
      await switchFaults(demo, { sandboxCapacity: HELD_PLACES });
      await switchFaults(demo, { queueBacklog: FIRST_BACKLOG });
      return firing(api, { rules: WARNINGS, group: FULL, wanted: WARNED, patienceMs });
    },
  );

  await steps.run(
    "More than 500 messages: the page fires",
    `${CRITICAL}, first told once by ${textOfCounts(PAGED)}`,
    async () => {
      await switchFaults(demo, { queueBacklog: SECOND_BACKLOG });
      return firing(api, { rules: [CRITICAL], group: FULL, wanted: PAGED, patienceMs });
    },
  );

  await steps.run(
    "Queue and sandboxes mended: each end is told once where it was heard",
    `queue and pool ${textOfCounts(PAGED)}; timeouts ${textOfCounts(WARNED)}`,
    async () => {
      await switchFaults(demo, { queueBacklog: 0, sandboxCapacity: 0 });
      const rules = [...WARNINGS, CRITICAL, TIMEOUTS];
      const { full, timedOut, open } = await until(
        async () => {
          const notifications = await api.notifications();
          return {
            full: deliveredTo(notifications, FULL, { kind: "resolved" }),
            timedOut: deliveredTo(notifications, TIMED_OUT, { kind: "resolved" }),
            open: (await api.alerts()).filter(({ name, isFiring }) => isFiring && rules.includes(name)).map(({ name }) => name),
          };
        },
        (seen) => isSameCount(seen.full, PAGED) && isSameCount(seen.timedOut, WARNED) && seen.open.length === 0,
        2 * patienceMs,
      );
      const observed = `queue and pool ${textOfCounts(full)}; timeouts ${textOfCounts(timedOut)}; open: ${open.join(", ") || "none"}`;
      return { ok: isSameCount(full, PAGED) && isSameCount(timedOut, WARNED) && open.length === 0, observed };
    },
  );

  await steps.run(
    "The objectives of queue and sandboxes are measured on this",
    `every one has events; no message failed; ${TIMED_OUT_AGENTS} executions timed out, which is more than 2 %`,
    async () => {
      const { slos } = await until(
        () => api.slos(),
        (seen) => OBJECTIVES.every((name) => (named(seen.slos, name)?.total ?? 0) > 0),
        patienceMs,
      );
      const found = OBJECTIVES.flatMap((name) => named(slos, name) ?? []);
      const [success, timeouts] = [named(slos, "queue-success"), named(slos, "sandbox-timeouts")];
      const ok =
        found.length === OBJECTIVES.length &&
        found.every(({ total }) => total > 0) &&
        success?.good === success?.total &&
        timeouts !== undefined &&
        timeouts.total - timeouts.good >= TIMED_OUT_AGENTS &&
        (timeouts.total - timeouts.good) * 50 > timeouts.total;
      return { ok, observed: found.map(textOf).join("; ") };
    },
  );
}

/** Queue P95 below 5 s and success above 99 %; provisioning P95 below 2 s and timeouts below 2 %. */
const OBJECTIVES: readonly string[] = ["queue-processing", "queue-success", "sandbox-provisioning", "sandbox-timeouts"];

interface Expected {
  readonly rules: readonly string[];
  readonly group: string;
  readonly wanted: ToldCounts;
  readonly patienceMs: number;
}

/** Waits until all rules fire and their group was first told where it should be; what was told by then is the finding. */
async function firing(
  api: EvaluatorApi,
  { rules, group, wanted, patienceMs }: Expected,
): Promise<{ ok: boolean; observed: string }> {
  const { told, alerts } = await until(
    async () => ({
      told: deliveredTo(await api.notifications(), group, { kind: "firing", reason: "first" }),
      alerts: (await api.alerts()).filter(({ name, isFiring }) => isFiring && rules.includes(name)),
    }),
    (seen) => seen.alerts.length === rules.length && isSameCount(seen.told, wanted),
    patienceMs,
  );
  const summaries = alerts.map(({ severity, summary }) => `${severity}: ${summary}`).join("; ");
  const observed = `${summaries || "nothing fires"}; first told ${textOfCounts(told)}`;
  return { ok: alerts.length === rules.length && isSameCount(told, wanted), observed };
}

function named(slos: readonly SloLine[], name: string): SloLine | undefined {
  return slos.find((slo) => slo.name === name);
}

function textOf({ name, target, state, good, total, budgetLeftRatio }: SloLine): string {
  return `${name} (${target}) ${good} of ${total}, ${(budgetLeftRatio * 100).toFixed(1)} % of its budget left, ${state}`;
}
