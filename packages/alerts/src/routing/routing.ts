import type { AlertLabels } from "../model/signal.ts";
import { channelOf, type Target } from "../model/target.ts";
import type { Routes } from "./routes.ts";

/** A level of escalation: who hears of an alert that nobody acknowledges, and how long after the level before. */
export interface EscalationLevel {
  afterMs: number;
  targets: readonly Target[];
}

/** Who hears of an alert, and which line of the routes said so. */
export interface RouteDecision {
  /** The line that decided, for people: `routes[2] team=payments`. */
  route: string;
  targets: readonly Target[];
  /** Levels above the first, in order; empty where PagerDuty escalates, or nobody does. */
  escalation: readonly EscalationLevel[];
}

/** Quiet hours that hold an alert back now. */
export interface Quiet {
  name: string;
  /** Epoch ms at which they end. */
  untilMs: number;
}

/** The routes as the engine asks them; pure, so that a step can be repeated. */
export interface Routing {
  decide(labels: AlertLabels): RouteDecision;
  /** The quiet hours that hold the alert back at `nowMs`, or null. */
  quiet(labels: AlertLabels, nowMs: number): Quiet | null;
}

/** Routes by severity alone, without quiet hours. Only production pages: elsewhere PagerDuty is left out. */
export function routingBySeverity(routes: Routes): Routing {
  return {
    decide({ severity, environment }) {
      const pages = environment === "production";
      return {
        route: pages ? `severity=${severity}` : `severity=${severity}, not production: no page`,
        targets: routes[severity].filter((target) => pages || channelOf(target) !== "pagerduty"),
        escalation: [],
      };
    },
    quiet: () => null,
  };
}

/** True when nobody is told: the alert is written to the log and holds no incident open. */
export function isLogOnly(targets: readonly Target[]): boolean {
  return targets.every((target) => channelOf(target) === "log");
}
