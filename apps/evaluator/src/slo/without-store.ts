import type { AlertManagerApi, AlertSignal } from "@monotask/alerts";
import { burnAloneSentence, evaluateSlo, slicesOf } from "@monotask/slo";
import type { Slice, Slo } from "@monotask/slo";
import type { Logger, QueryPort } from "@monotask/telemetry";
import { measure } from "./measure.ts";
import { blindSignal, signalsOf, storeSignal } from "./signals.ts";
import type { Defaults } from "./signals.ts";

/** The longest window that one answer of the query can fill. */
const LONGEST_MINUTES = 60;

export interface WithoutStoreDeps {
  readonly slos: readonly Slo[];
  readonly query: QueryPort;
  readonly alerts: Pick<AlertManagerApi, "raise" | "wake">;
  readonly defaults: Defaults;
  readonly logger: Logger;
}

/**
 * A tick whose database is away: the rules that an hour of data can decide are decided on the query's answer alone, and told. Nothing is
 * remembered, so ends are told as well; AlertManager knows what it had been told before.
 */
export async function decideWithoutStore(
  deps: WithoutStoreDeps,
  minute: number,
  why: string,
): Promise<"without-store" | "blind"> {
  const measured = await measure(deps, minute - LONGEST_MINUTES + 1, minute);
  const signals = [storeSignal("firing", minute, why, deps.defaults)];
  if (measured.kind === "failed") signals.push(blindSignal("firing", minute, measured.failure.message, deps.defaults));
  else {
    const slices = Map.groupBy(slicesOf(measured.measurement), (slice) => slice.sloName);
    for (const slo of deps.slos) signals.push(...fastSignals(slo, slices.get(slo.name) ?? [], minute, deps.defaults));
  }
  try {
    // Its own name: with the store back, the same minute may be told in full.
    await deps.alerts.raise({ id: `tick:${minute}:without-store`, signals, source: "evaluator" });
    await deps.alerts.wake();
  } catch (error) {
    deps.logger.error("AlertManager could not be told; the next tick tries again", { minute, why: String(error) });
  }
  return measured.kind === "failed" ? "blind" : "without-store";
}

function fastSignals(slo: Slo, own: readonly Slice[], minute: number, defaults: Defaults): AlertSignal[] {
  const firstMinute = own.find((slice) => slice.total > 0)?.minute;
  const status = evaluateSlo(slo, own, { nowMinute: minute, firstMinute });
  const fast = status.rules.filter(({ rule }) => rule.longMinutes <= LONGEST_MINUTES);
  const alerts = fast.flatMap(({ rule, long }) =>
    status.alerts
      .filter((alert) => alert.rule === rule.id)
      .map((alert) => ({ ...alert, sentence: burnAloneSentence(slo, long) })),
  );
  return signalsOf({ ...status, alerts }, [], defaults, true);
}
