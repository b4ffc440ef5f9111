import { formatMs } from "@monotask/spec-file";
import type { IndicatorKind, Slo } from "../model/slo.ts";
import { minutesToExhaustion } from "./budget.ts";
import type { Budget } from "./budget.ts";
import type { BurnWindow } from "./burn.ts";
import { formatBurn, formatCount, formatMinutesLeft, formatMinuteUtc, formatShare, formatSpan, formatWindow } from "./text.ts";
import { calendarStart, lengthOf } from "./window.ts";

/**
 * What happened in a window and what it means, in one sentence with counts: "412 of 9,310 requests failed in the last hour (4.4 %,
 * target 99.9 %): 44× the budget rate; 6,200 of 6,703 failures of budget left, gone in 15 h at this rate."
 */
export function burnSentence(slo: Slo, window: BurnWindow, budget: Budget): string {
  return `${countsPhrase(slo, window)}: ${formatBurn(window.burn)} the budget rate; ${budgetPhrase(slo, budget, window)}.`;
}

/** The same where only the newest hour is known: what an hour alone would say of the budget is not so. */
export function burnAloneSentence(slo: Slo, window: BurnWindow): string {
  return `${countsPhrase(slo, window)}: ${formatBurn(window.burn)} the budget rate; what is left of the budget cannot be read now.`;
}

/** Why nothing can be said of an SLO whose workers are measured and which has never counted anything. */
export function noEventsSentence(slo: Slo): string {
  return `No data yet: its workers are measured, and there have been no ${eventsWord(slo)} that it counts.`;
}

/** Why nothing can be said, and when it could be said last. */
export function noDataSentence(window: BurnWindow, lastMinute: number | undefined): string {
  if (lastMinute === undefined) return "No data yet: nothing has been measured.";
  const isYoung = window.expectedMinutes < lengthOf(window);
  const expected = isYoung
    ? `the ${window.expectedMinutes} minutes since its first data`
    : `the last ${lengthOf(window)} minutes`;
  return `No data: ${window.measuredMinutes} of ${expected} measured, the last at ${formatMinuteUtc(lastMinute)}. Alerts keep the state they had.`;
}

/** What of the budget is spent over the SLO's own window, and what is left. */
export function budgetSentence(slo: Slo, period: BurnWindow, budget: Budget): string {
  return `${countsPhrase(slo, period)}; ${budgetPhrase(slo, budget, period)}.`;
}

/** What is counted, in plural: requests, queries, messages. */
export function eventsWord(slo: Slo): string {
  return slo.method.kind === "timeslices" ? "minutes" : EVENTS[slo.indicator.kind];
}

const EVENTS: Readonly<Record<IndicatorKind, string>> = {
  request: "requests",
  database: "queries",
  queue: "messages",
  sandbox: "sandboxes",
  external: "calls",
  probe: "probes",
  custom: "operations",
};

function countsPhrase(slo: Slo, window: BurnWindow): string {
  // Sampled counts are estimates, and say so.
  const about = window.varTotal > 0 ? "≈ " : "";
  const counts = `${about}${formatCount(window.bad)} of ${about}${formatCount(window.total)} ${eventsWord(slo)}`;
  const share = window.total === 0 ? 0 : window.bad / window.total;
  return `${counts} ${failedPhrase(slo)} ${timePhrase(slo, window)}${gapPhrase(window)} (${formatShare(share)}, target ${targetPhrase(slo)})`;
}

/** A calendar window has no length that it is known by: what counts is when it began. */
function timePhrase({ window: own }: Slo, window: BurnWindow): string {
  const isPeriod = own.kind === "calendar" && window.fromMinute === calendarStart(own, window.toMinute);
  return isPeriod ? `since ${formatMinuteUtc(window.fromMinute)}` : `in the last ${formatWindow(window.windowMinutes)}`;
}

function failedPhrase(slo: Slo): string {
  if (slo.method.kind === "timeslices") return `were below ${slo.method.targetText.replace("%", " %")}`;
  const { good } = slo.indicator;
  switch (good.kind) {
    case "latency":
      return `took ${spaced(formatMs(good.thresholdMs))} or longer`;
    case "no-timeout":
      return "ran out of time";
    case "no-retry":
      return "were retried";
    case "availability":
    case "success":
      return "failed";
  }
}

function targetPhrase(slo: Slo): string {
  const { good } = slo.indicator;
  const target = slo.targetText.replace("%", " %");
  return good.kind === "latency" ? `${target} under ${spaced(formatMs(good.thresholdMs))}` : target;
}

/** The burn is lower than the share suggests where minutes are missing: say why. */
function gapPhrase(window: BurnWindow): string {
  const missing = lengthOf(window) - window.measuredMinutes;
  return missing === 0
    ? ""
    : `, ${formatCount(missing)} of its ${formatCount(lengthOf(window))} minutes without data and counted as good`;
}

function budgetPhrase(slo: Slo, budget: Budget, window: BurnWindow): string {
  const failures = failuresWord(slo);
  const allowed = `${formatCount(budget.allowedEvents)} ${failures}`;
  if (budget.leftEvents < 0) return `the budget of ${allowed} is overspent by ${formatCount(-budget.leftEvents)}`;
  const minutes = `${formatMinutesLeft(budget.leftMinutes)} of ${formatMinutesLeft(budget.allowedMinutes)} min`;
  const left = `${formatCount(budget.leftEvents)} of ${allowed} of budget left (${minutes})`;
  const exhaustedIn = minutesToExhaustion(slo, budget.leftEvents, window);
  return exhaustedIn === undefined ? left : `${left}, gone in ${formatSpan(exhaustedIn)} at this rate`;
}

function failuresWord(slo: Slo): string {
  if (slo.method.kind === "timeslices") return "bad minutes";
  switch (slo.indicator.good.kind) {
    case "latency":
      return `slow ${eventsWord(slo)}`;
    case "no-timeout":
      return "timeouts";
    case "no-retry":
      return "retries";
    case "availability":
    case "success":
      return "failures";
  }
}

function spaced(duration: string): string {
  return duration.replace(/(\d)([a-z])/, "$1 $2");
}
