import { allAlerts, type AlertManagerApi } from "@monotask/alerts";
import { cellsFromRows, rulesQuery, signalsOfRules, type Rule } from "@monotask/alerts/rules";
import { watermarkMinute } from "@monotask/slo";
import { type Logger, type QueryPort } from "@monotask/telemetry";
import type { TickStep } from "../ticks/step.ts";
import { lastKnownRules, rememberRules } from "./rules-file.ts";
import { rulesOf } from "./rules-of.ts";

/** What the rules of a minute are judged with. No store: the query and AlertManager are their memory. */
export interface RulesDeps {
  readonly rules: readonly Rule[];
  readonly query: QueryPort;
  readonly alerts: Pick<AlertManagerApi, "raise" | "page">;
  readonly logger: Logger;
}

/**
 * Judges all threshold rules after the newest closed minute, from one query, and tells AlertManager. The same minute twice is told once,
 * by the id of its batch. Where the query fails nothing is said: what fires goes on firing, nothing ends. That the evaluator is blind is
 * the SLOs' alert.
 */
export async function runRules(deps: RulesDeps, scheduledMs: number): Promise<"told" | "quiet" | "blind"> {
  const { rules, query, alerts, logger } = deps;
  const minute = watermarkMinute(scheduledMs);
  const result = await query.run(rulesQuery(rules, minute));
  if (result.kind === "failed") {
    logger.error("the alert rules could not be measured", { minute, code: result.code, why: result.message });
    return "blind";
  }
  const cells = result.kind === "rows" ? cellsFromRows(rules, result.rows) : [];
  const signals = signalsOfRules(rules, { minute, cells, known: await knownOf(deps) });
  if (signals.length === 0) return "quiet";
  await alerts.raise({ id: `rules:${minute}`, signals, source: "evaluator" });
  return "told";
}

/**
 * What AlertManager knows to fire; nothing while it cannot say. What fires is raised all the same, for past an AlertManager out of reach
 * criticals go out directly, and ends are found again each minute.
 */
async function knownOf({ alerts, logger }: RulesDeps): ReturnType<typeof allAlerts> {
  try {
    return await allAlerts(alerts);
  } catch (error) {
    logger.error("AlertManager could not say what fires; ends wait for the next minute", { why: String(error) });
    return [];
  }
}

/** Measures and judges the threshold rules that hold now. */
export const rulesStep: TickStep = {
  name: "rules",
  async run({ env, scheduledMs, query, alerts, logger }) {
    await runRules({ rules: await liveRules(env, logger), query, alerts, logger }, scheduledMs);
  },
};

/** The rules that hold; those that held last while AlertManager cannot be asked. */
async function liveRules(env: Env, logger: Logger): Promise<readonly Rule[]> {
  try {
    return rememberRules((await rulesOf(env).liveRules()).text).rules;
  } catch (error) {
    logger.error("pushed rules could not be read; those that held last are judged by", { why: String(error) });
    return lastKnownRules().rules;
  }
}
