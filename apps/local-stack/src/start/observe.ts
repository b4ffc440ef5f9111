import type { Stack } from "../stack/stack.ts";
import type { EvaluatorApi } from "../stack/evaluator-api.ts";
import type { Traffic } from "../traffic/traffic.ts";
import type { Snapshot } from "./view.ts";

export interface Observed {
  readonly stack: Stack;
  readonly api: EvaluatorApi;
  readonly traffic: Traffic | undefined;
  readonly speed: number;
}

/** Reads everything that the terminal shows; what does not answer is said, and the last that was known stays. */
export async function observe(
  { stack, api, traffic, speed }: Observed,
  before: Snapshot | undefined,
  elapsedMs: number,
): Promise<Snapshot> {
  const [slos, alerts, messages] = await Promise.allSettled([
    api.slos(),
    api.alerts(),
    messageCount(`${stack.addresses.inbox}/inbox.json`),
  ]);
  const counts = traffic?.counts();
  const since = before === undefined ? 0 : (counts?.sent ?? 0) - (before.traffic?.sent ?? 0);
  const trouble = [slos, alerts, messages].find((outcome) => outcome.status === "rejected");
  return {
    nowMs: stack.clock.now(),
    speed,
    addresses: stack.addresses,
    hasDashboard: stack.apps.some(({ name }) => name === "dashboard"),
    traffic: counts,
    perSecond: elapsedMs > 0 ? (1000 * since) / elapsedMs : 0,
    ticks: stack.ticker?.counts(),
    slos: slos.status === "fulfilled" ? slos.value : before?.slos,
    alerts: alerts.status === "fulfilled" ? alerts.value : (before?.alerts ?? []),
    messages: messages.status === "fulfilled" ? messages.value : before?.messages,
    logDir: stack.logDir,
    trouble: trouble === undefined ? undefined : `not answering: ${String(trouble.reason)}`,
  };
}

async function messageCount(url: string): Promise<number> {
  const body: unknown = await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).json();
  return Array.isArray(body) ? body.length : 0;
}
