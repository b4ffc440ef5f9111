import type { AlertView } from "../model/alert.ts";
import type { AlertSignal } from "../model/signal.ts";
import type { MinuteCell } from "./cell.ts";
import { evaluateRule, type Verdict } from "./evaluate.ts";
import type { Rule } from "./rule.ts";
import { RULE_PREFIX, signalOfVerdict } from "./sentence.ts";

/** What a tick of the rules is told of. */
export interface RuleTick {
  readonly minute: number;
  readonly cells: readonly MinuteCell[];
  /** What AlertManager knows to fire: it is the rules' only memory. */
  readonly known: readonly Pick<AlertView, "name" | "labels" | "status" | "startsAtMs">[];
}

/**
 * Signals after a minute: every rule that fires (again each minute, which keeps it alive), and the end of what AlertManager has and no rule
 * holds any more. Where nothing was measured nothing is said: it neither fires anew nor ends.
 */
export function signalsOfRules(rules: readonly Rule[], tick: RuleTick): AlertSignal[] {
  const verdicts = rules.flatMap((rule) => evaluateRule(rule, tick.cells, tick.minute));
  const firing = verdicts.filter(({ state }) => state === "firing").map((one) => signalOfVerdict(one, "firing"));
  const open = tick.known.filter((alert) => alert.name.startsWith(RULE_PREFIX) && alert.status !== "resolved");
  const over = open.flatMap((alert): AlertSignal[] => {
    const rule = rules.find(({ name }) => alert.name === `${RULE_PREFIX}${name}`);
    const verdict = verdicts.find((one) => isOf(one, alert));
    if (rule && (verdict === undefined || verdict.state === "no-data")) return [];
    if (verdict?.state === "firing") return [];
    return [verdict ? signalOfVerdict(verdict, "resolved") : withdrawn(alert, tick.minute)];
  });
  return [...firing, ...over];
}

function isOf(verdict: Verdict, { name, labels }: RuleTick["known"][number]): boolean {
  if (name !== `${RULE_PREFIX}${verdict.rule.name}`) return false;
  const own = { worker: verdict.worker, environment: verdict.environment, ...verdict.labels };
  return Object.entries(own).every(([label, value]) => (labels[label] ?? "") === value);
}

/** An alert whose rule is no longer there. */
function withdrawn(alert: RuleTick["known"][number], minute: number): AlertSignal {
  const { worker = "", environment = "", team = "", symptom, severity, ...rest } = alert.labels;
  return {
    name: alert.name,
    labels: {
      ...rest,
      worker,
      environment,
      team,
      symptom:
        symptom === "latency" || symptom === "saturation" || symptom === "availability" || symptom === "data"
          ? symptom
          : "errors",
      severity: severity === "critical" || severity === "info" ? severity : "warning",
    },
    status: "resolved",
    startsAt: minute * 60_000,
    summary: `${alert.name} is withdrawn`,
    description: "The rule is no longer in config/alerts.yaml.",
  };
}
