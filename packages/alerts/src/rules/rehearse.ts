import type { AlertSignal } from "../model/signal.ts";
import type { MinuteCell } from "./cell.ts";
import { lookBackMinutes, type Rule } from "./rule.ts";
import { signalsOfRules } from "./run.ts";

/** Events in each made-up minute, where the rule does not want more. */
const EVENTS = 400;

/**
 * What a rule says of made-up measurements that break it, judged as real ones are. Undefined for a rule that nothing made up here can
 * break, such as one whose limit is 0 %.
 *
 * @param minute the last minute that is measured, in minutes since 1970
 */
export function rehearseRule(rule: Rule, minute: number): AlertSignal | undefined {
  return signalsOfRules([rule], { minute, cells: madeUpCells(rule, minute), known: [] })[0];
}

/** The same bad figures in each minute that the rule looks at, on a worker that its `where` lets in. */
export function madeUpCells(rule: Rule, minute: number): MinuteCell[] {
  const place = placeOf(rule);
  return Array.from({ length: lookBackMinutes(rule) }, (_, ago) =>
    figuresOf(rule).map((figures) => ({ ...place, ...figures, minute: minute - ago })),
  ).flat();
}

function placeOf({ where }: Rule): Pick<MinuteCell, "worker" | "environment" | "team" | "endpoint" | "subject"> {
  const wanted = Object.fromEntries(
    where.filter(({ op }) => op === "=").map(({ label, value }) => [label, value.replaceAll("*", "drill")]),
  );
  const {
    worker = "monotask-drill",
    environment = "production",
    team = "drill",
    endpoint = "/drill",
    subject = "drill",
  } = wanted;
  return { worker, environment, team, endpoint, subject };
}

type Figures = Partial<MinuteCell>;

/** One or two cells of a minute: twice what the limit allows. */
function figuresOf(rule: Rule): Figures[] {
  const events = Math.max(EVENTS, rule.minEvents);
  const bad = Math.min(events, Math.max(rule.minBad, Math.ceil(events * wrongShare(rule))));
  const beyond = rule.limit.kind === "number" ? wrongNumber(rule, rule.limit.value) : 0;
  switch (rule.measure) {
    case "error-rate":
    case "availability":
      return [{ requests: events, errors: bad }];
    case "timeout-rate":
      return [{ requests: events, timeouts: bad }];
    case "latency":
      return [
        { requests: bad, fromMs: rule.limit.kind === "percentile" ? rule.limit.ms : 0 },
        { requests: events - bad, fromMs: 0 },
      ];
    case "database-error-rate":
      return [{ queries: events, failedQueries: bad }];
    case "database-latency":
      return [{ queries: events, slowQueries: bad, verySlowQueries: bad }];
    case "sandbox-timeout-rate":
      return [{ executions: events, executionTimeouts: bad }];
    case "queue-depth":
      return [{ queueDepth: beyond }];
    case "sandboxes-active":
      return [{ sandboxesActive: beyond }];
    case "error-count":
      return [{ errorCount: beyond }];
  }
}

/** Twice the share of bad events that the limit allows. */
function wrongShare({ limit, measure }: Rule): number {
  if (limit.kind === "percentile") return (2 * (100 - limit.percent)) / 100;
  if (limit.kind === "number") return 1;
  const allowed = limit.num / limit.den;
  return 2 * (measure === "availability" ? 1 - allowed : allowed);
}

function wrongNumber({ direction }: Rule, limit: number): number {
  return direction === "above" ? 2 * limit + 1 : Math.floor(limit / 2);
}
