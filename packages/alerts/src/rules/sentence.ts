import type { AlertSignal } from "../model/signal.ts";
import { numberText } from "../notification/figures.ts";
import type { Verdict } from "./evaluate.ts";
import { MEASURES, type Rule } from "./rule.ts";

/** Prefix of the names of alerts that threshold rules raise. */
export const RULE_PREFIX = "rule:";

const MINUTE_MS = 60_000;

/** The signal of a verdict. Its runbook may be a path: AlertManager makes a link of it. */
export function signalOfVerdict(verdict: Verdict, status: "firing" | "resolved"): AlertSignal {
  const { rule, worker, environment, team, labels } = verdict;
  return {
    name: `${RULE_PREFIX}${rule.name}`,
    labels: { worker, environment, team, symptom: rule.symptom, severity: rule.severity, ...labels },
    status,
    startsAt: verdict.sinceMinute * MINUTE_MS,
    value: valueOf(verdict),
    threshold: limitOf(rule),
    summary: summaryOf(verdict, status),
    description: sentenceOf(verdict),
    runbookUrl: rule.runbook,
    suggestedChecks: [`Follow ${rule.runbook}`],
  };
}

/** What is wrong and how bad, in words that need no knowledge of the rule: `10 % of requests answered with 5xx, limit 5 %`. */
function summaryOf(verdict: Verdict, status: "firing" | "resolved"): string {
  const { rule, labels, because } = verdict;
  const place = Object.values(labels)
    .filter((part) => part !== "")
    .map((part) => `${part}: `)
    .join("");
  if (status === "resolved") return `${place}${whatOf(rule)}: ${valueOf(verdict)} now, limit ${limitOf(rule)}`;
  if (because === "status" && rule.orStatus) {
    return `${place}${rule.orStatus.status} answered in each of the last ${rule.orStatus.minutes} minutes`;
  }
  const allowed = rule.limit.kind === "percentile" ? `${100 - rule.limit.percent} % allowed` : `limit ${limitOf(rule)}`;
  return `${place}${valueOf(verdict)}${MEASURES[rule.measure].unit === "number" ? "" : " of"} ${whatOf(rule)}, ${allowed}`;
}

/** The measured value with its unit. */
export function valueOf({ rule, bad, total, value }: Verdict): string {
  if (value !== undefined) return numberText(Math.round(value));
  if (total === 0) return "nothing measured";
  const share = rule.measure === "availability" ? (total - bad) / total : bad / total;
  return `${Number((100 * share).toFixed(2))} %`;
}

/** What was counted, where the line is and for how long it has been crossed. */
export function sentenceOf(verdict: Verdict): string {
  const { rule, bad, total, value, because } = verdict;
  const named = `(rule ${rule.name})`;
  const window = `in ${rule.windowMinutes} min`;
  if (because === "status" && rule.orStatus) {
    return `Status ${rule.orStatus.status} was answered in each of the last ${rule.orStatus.minutes} minutes ${named}.`;
  }
  const held = rule.forMinutes > 0 ? `, for ${rule.forMinutes} min` : "";
  if (value !== undefined) {
    return `${valueOf(verdict)} ${whatOf(rule)}${rule.measure === "error-count" ? ` ${window}` : ""}${held} ${named}.`;
  }
  const counted = rule.measure === "availability" ? total - bad : bad;
  return `${numberText(Math.round(counted))} of ${numberText(Math.round(total))} ${whatOf(rule)} ${window}${held} ${named}.`;
}

function whatOf({ measure, limit }: Rule): string {
  const { what } = MEASURES[measure];
  return limit.kind === "percentile" ? what.replace("the limit", `${numberText(limit.ms)} ms`) : what;
}

/** The limit as written, with a space before its unit: `5 %`, `P95 200 ms`. */
function limitOf({ limitText }: Rule): string {
  return limitText.replace(/(\d)(%|ms|s|m|h)$/, "$1 $2");
}
