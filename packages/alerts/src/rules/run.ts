import type { AlertView } from "../model/alert.ts";
import { cleanLabels } from "../model/clean-signal.ts";
import type { AlertLabels, AlertSignal } from "../model/signal.ts";
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
    // Under the labels it has: a worker may belong to another team by now.
    return [verdict ? { ...signalOfVerdict(verdict, "resolved"), labels: labelsOf(alert) } : withdrawn(alert, tick.minute)];
  });
  return [...firing, ...over];
}

function isOf(verdict: Verdict, { name, labels }: RuleTick["known"][number]): boolean {
  if (name !== `${RULE_PREFIX}${verdict.rule.name}`) return false;
  // As AlertManager keeps them: without odd characters, and shortened.
  const own: Readonly<Record<string, string>> = cleanLabels(signalOfVerdict(verdict, "firing").labels);
  return ["worker", "environment", ...Object.keys(verdict.labels)].every((label) => labels[label] === own[label]);
}

/** An alert whose rule is no longer there. */
function withdrawn(alert: RuleTick["known"][number], minute: number): AlertSignal {
  return {
    name: alert.name,
    labels: labelsOf(alert),
    status: "resolved",
    startsAt: minute * 60_000,
    summary: `${alert.name} is withdrawn`,
    description: "The rule is no longer in config/alerts.yaml.",
  };
}

function labelsOf({ labels }: RuleTick["known"][number]): AlertLabels {
  return cleanLabels(labels);
}
