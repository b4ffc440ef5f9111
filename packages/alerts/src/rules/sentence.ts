import type { AlertSignal } from "../model/signal.ts";
import type { Verdict } from "./evaluate.ts";
import { MEASURES } from "./rule.ts";

/** Prefix of the names of alerts that threshold rules raise. */
export const RULE_PREFIX = "rule:";

const MINUTE_MS = 60_000;

/** The signal of a verdict. Its runbook may be a path: AlertManager makes a link of it. */
export function signalOfVerdict(verdict: Verdict, status: "firing" | "resolved"): AlertSignal {
  const { rule, worker, environment, team, labels } = verdict;
  const value = valueOf(verdict);
  const place = [worker, ...Object.values(labels)].filter((part) => part !== "").join(" ");
  return {
    name: `${RULE_PREFIX}${rule.name}`,
    labels: { worker, environment, team, symptom: rule.symptom, severity: rule.severity, ...labels },
    status,
    startsAt: verdict.sinceMinute * MINUTE_MS,
    value,
    threshold: rule.limitText,
    summary:
      status === "firing" ? `${place}: ${rule.name} at ${value}, limit ${rule.limitText}` : `${place}: ${rule.name} is over`,
    description: sentenceOf(verdict),
    runbookUrl: rule.runbook,
    suggestedChecks: [`Follow ${rule.runbook}`],
  };
}

/** The measured value with its unit. */
export function valueOf({ rule, bad, total, value }: Verdict): string {
  if (value !== undefined) return String(Math.round(value));
  if (total === 0) return "nothing measured";
  const share = rule.measure === "availability" ? (total - bad) / total : bad / total;
  return `${Number((100 * share).toFixed(2))} %`;
}

/** What was counted, where the line is and for how long it has been crossed. */
export function sentenceOf(verdict: Verdict): string {
  const { rule, bad, total, value, because } = verdict;
  const { what } = MEASURES[rule.measure];
  const window = `in ${rule.windowMinutes} min`;
  if (because === "status" && rule.orStatus) {
    return `Status ${rule.orStatus.status} was answered in each of the last ${rule.orStatus.minutes} minutes.`;
  }
  if (value !== undefined)
    return `${Math.round(value)} ${what} (limit ${rule.limitText}${rule.measure === "error-count" ? ` ${window}` : ""}).`;
  const counted = rule.measure === "availability" ? total - bad : bad;
  const held = rule.forMinutes > 0 ? `, for ${rule.forMinutes} min` : "";
  return `${Math.round(counted)} of ${Math.round(total)} ${what} ${window} (${valueOf(verdict)}; ${rule.direction} ${rule.limitText}${held}).`;
}
