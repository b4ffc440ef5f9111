import { matches, matchersText, type Matcher } from "../model/matcher.ts";
import type { AlertLabels } from "../model/signal.ts";
import { channelOf, sortTargets, type Target } from "../model/target.ts";
import { quietAt, type MuteTime } from "./mute-times.ts";
import type { EscalationLevel, RouteDecision, Routing } from "./routing.ts";

/** One route of the rules file. */
export interface Route {
  readonly match: readonly Matcher[];
  readonly targets: readonly Target[];
  /** Whose levels an alert climbs that nobody acknowledges. */
  readonly escalation: "pagerduty" | "ours" | "none";
  readonly pagesOutsideProduction: boolean;
  readonly line: number;
}

/** The part of a rules file that says who hears. */
export interface RouteTable {
  readonly file: string;
  readonly routes: readonly Route[];
  readonly fallback: { readonly targets: readonly Target[]; readonly line: number };
  readonly muteTimes: readonly MuteTime[];
  readonly levels: readonly EscalationLevel[];
}

/** Routes of a file, as the engine asks them. */
export function routingOf(table: RouteTable): Routing {
  return {
    decide: (labels) => decide(table, labels),
    quiet: (labels, nowMs) => quietAt(table.muteTimes, labels, nowMs),
  };
}

function decide(table: RouteTable, labels: AlertLabels): RouteDecision {
  const at = table.routes.findIndex(({ match }) => matches(match, { name: "", labels }));
  const route = table.routes[at];
  const { line } = route ?? table.fallback;
  const pages = labels.environment === "production" || route?.pagesOutsideProduction === true;
  const named = (route ?? table.fallback).targets;
  const targets = sortTargets(withLog(pages ? named : named.filter((target) => channelOf(target) !== "pagerduty")));
  const written = route ? `routes[${at}] ${matchersText(route.match)}` : "fallback";
  const note = pages || targets.length === withLog(named).length ? "" : "; not production: no page";
  const isOurs =
    route?.escalation === "ours" || (route?.escalation === "pagerduty" && !targets.some((one) => channelOf(one) === "pagerduty"));
  const climbs = labels.severity === "critical" && pages && isOurs;
  return { route: `${table.file}:${line} ${written}${note}`, targets, escalation: climbs ? table.levels : [] };
}

/** The log hears of everything. */
function withLog(targets: readonly Target[]): readonly Target[] {
  return targets.includes("log") ? targets : [...targets, "log"];
}

/** A route of the table and what became of it, for `monotask alerts route`. */
export interface RouteStep {
  readonly line: number;
  readonly text: string;
  readonly outcome: "matched" | "did not match" | "not looked at";
  /** The matcher that failed. */
  readonly failed?: string;
}

export interface RouteExplanation extends RouteDecision {
  readonly steps: readonly RouteStep[];
  /** Quiet hours that hold it back now. */
  readonly quiet: { readonly name: string; readonly untilMs: number } | null;
}

/** Who hears of an alert with these labels, which line decided, and why not the ones before. */
export function explainRoute(table: RouteTable, labels: AlertLabels, nowMs: number): RouteExplanation {
  let isDecided = false;
  const steps = table.routes.map((route): RouteStep => {
    const step = { line: route.line, text: matchersText(route.match) };
    if (isDecided) return { ...step, outcome: "not looked at" };
    const failed = route.match.find((matcher) => !matches([matcher], { name: "", labels }));
    if (failed) return { ...step, outcome: "did not match", failed: matchersText([failed]) };
    isDecided = true;
    return { ...step, outcome: "matched" };
  });
  const fallback: RouteStep = { line: table.fallback.line, text: "fallback", outcome: isDecided ? "not looked at" : "matched" };
  return { ...decide(table, labels), steps: [...steps, fallback], quiet: quietAt(table.muteTimes, labels, nowMs) };
}
