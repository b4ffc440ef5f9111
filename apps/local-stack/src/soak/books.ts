import type { InboxMessage } from "@monotask/cli/local";
import { createSteps, type SmokeReport } from "../smoke/report.ts";
import { countRequests } from "../smoke/counts.ts";
import { until } from "../smoke/until.ts";
import { createEvaluatorApi } from "../stack/evaluator-api.ts";
import type { Stack } from "../stack/stack.ts";
import type { Seen } from "./day.ts";
import type { MemoryTrend } from "./memory.ts";
import { agreementOf, lostRequests, type Book, type RequestLog } from "./request-log.ts";
import { toldBook, type ToldBook } from "../stack/told-book.ts";
import type { Unanswered } from "../traffic/traffic.ts";

interface Books {
  /** Virtual epoch ms since when requests were sent. */
  readonly startMs: number;
  readonly stack: Stack;
  readonly seen: Seen;
  readonly log: RequestLog;
}

const MINUTE_MS = 60_000;
const PATIENCE_MS = MINUTE_MS;
/** With an inbox: Slack, PagerDuty, e-mail. A kill may catch a message on each between its peer's answer and our commit. */
const CHANNELS = 3;
/** Above this the memory of a process grows without end, or might. */
const MOST_GROWTH = 1.25;

/** Holds what was seen from outside against what the monitoring says, and prints each comparison. */
export async function holdBooks({ stack, startMs, seen, log }: Books): Promise<SmokeReport> {
  const api = createEvaluatorApi(stack.addresses.evaluator);
  const steps = createSteps((line) => console.log(line));
  const kills = stack.workers.restarts() + stack.engine.restarts();
  const lost = lostRequests(log, seen.outages);
  const unansweredByKills = log.unanswered.length - lost.length;

  await steps.run("Alerts expected are alerts told", "all of each incident", () => {
    const missed = seen.incidents.flatMap(({ name, missed: rules }) => rules.map((rule) => `${rule} (${name})`));
    const fired = new Set(seen.incidents.flatMap(({ alerts }) => alerts)).size;
    const observed = `${seen.incidents.length} incidents, ${fired} different alerts fired${missed.length === 0 ? "" : `; missed: ${missed.join(", ")}`}`;
    return Promise.resolve({ ok: missed.length === 0, observed });
  });
  await steps.run("What was decided was told", "every notification by its id; repeats only over a kill", async () => {
    const told = await until(
      () => toldBookOf(stack),
      ({ waiting }) => waiting === 0,
      PATIENCE_MS,
    );
    const observed = `${told.decided} decided, ${told.arrived} arrived, ${told.missing.length} missing by id, ${told.direct} sent directly, ${told.repeats} repeats, ${told.waiting} waiting; ${kills} kills`;
    const ok = told.waiting === 0 && told.missing.length === 0 && told.repeats >= 0 && told.repeats <= kills * CHANNELS;
    return { ok, observed };
  });
  await steps.run("Requests lost to monitoring", "0: only a killed worker leaves requests without an answer", () => {
    const observed = `${log.sent} sent, ${log.unanswered.length} without an answer, ${unansweredByKills} of them while the workers were killed (${stack.workers.restarts()} times); the engine was killed ${stack.engine.restarts()} times${lost.map(lostText).join("")}`;
    return Promise.resolve({ ok: lost.length === 0, observed });
  });
  await steps.run("The budget is the request log's", "total and bad as the people who sent them saw", async () => {
    const range = { fromMs: startMs, toMs: stack.clock.now() + MINUTE_MS };
    const { rows, requests, variance } = await countRequests(stack.addresses, range);
    const sigma = Math.sqrt(variance);
    const bookOfSlo = await until(
      async () => bookOf((await api.slos()).slos.find(({ name }) => name === "api-availability")),
      (book) => book !== undefined && agreementOf(log, seen.outages, book, sigma).ok,
      PATIENCE_MS,
    );
    if (bookOfSlo === undefined) return { ok: false, observed: "api-availability is not measured" };
    const { ok, fewest, most } = agreementOf(log, seen.outages, bookOfSlo, sigma);
    const may = (of: keyof Book): string =>
      fewest[of] === most[of] ? "" : `, may be ${fewest[of]} to ${most[of]} after kills and thinning`;
    const observed = `log ${log.answered.total} answered, ${log.answered.bad} bad; ${rows} points stand for ${requests} ± ${sigma.toFixed(0)}; budget ${bookOfSlo.total}${may("total")}; ${bookOfSlo.bad} bad${may("bad")}`;
    return { ok, observed };
  });
  await steps.run("Memory is flat", `last quarter ≤ ${MOST_GROWTH} × the second`, () => {
    const trends = [seen.workers, seen.engine].filter((trend) => trend !== undefined);
    const observed = `workers ${trendText(seen.workers)}, engine ${trendText(seen.engine)}`;
    return Promise.resolve({ ok: trends.length > 0 && trends.every(({ growth }) => growth <= MOST_GROWTH), observed });
  });
  return steps.report();
}

function bookOf(slo: { readonly total: number; readonly good: number } | undefined): Book | undefined {
  return slo === undefined ? undefined : { total: slo.total, bad: slo.total - slo.good };
}

async function toldBookOf(stack: Stack): Promise<ToldBook> {
  const notifications = await createEvaluatorApi(stack.addresses.evaluator).notifications();
  const inbox = (await (await fetch(`${stack.addresses.inbox}/inbox.json`)).json()) as readonly InboxMessage[];
  return toldBook(notifications, inbox);
}

function lostText({ sentAtMs, endedAtMs, request, why }: Unanswered): string {
  return `\n    ${new Date(sentAtMs).toISOString()} ${request}, after ${endedAtMs - sentAtMs} ms: ${why}`;
}

function trendText(trend: MemoryTrend | undefined): string {
  if (trend === undefined) return "too short to tell";
  return `${trend.startMib.toFixed(0)} → ${trend.endMib.toFixed(0)} MiB (${trend.growth.toFixed(2)} ×)`;
}
