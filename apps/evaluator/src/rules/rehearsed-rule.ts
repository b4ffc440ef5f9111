import type { AlertSignal } from "@monotask/alerts";
import { RULE_PREFIX, rehearseRule } from "@monotask/alerts/rules";
import { readSettings } from "@monotask/telemetry";
import { configOf } from "./rules-file.ts";
import { rulesOf } from "./rules-of.ts";

/** Alerts that no rule of config/alerts.yaml makes: a drill of one goes by its name alone. */
const OTHER_ALERTS = /^(slo|error):/;
const MINUTE_MS = 60_000;

/** What a rule that holds now says of made-up measurements that break it. */
export async function rehearsedRule(
  env: Env,
  name: string,
): Promise<{ signal?: AlertSignal } | { error: string; status: 404 | 422 }> {
  if (OTHER_ALERTS.test(name)) return {};
  const { rules } = configOf((await rulesOf(env).liveRules()).text);
  const rule = rules.find((one) => one.name === name || `${RULE_PREFIX}${one.name}` === name);
  if (rule === undefined) return { error: `no rule ${name}; there is ${rules.map((one) => one.name).join(", ")}`, status: 404 };
  const signal = rehearseRule(rule, Math.floor(readSettings(env).clock.now() / MINUTE_MS) - 1);
  return signal === undefined ? { error: `no measurements break ${name}: look at its limit`, status: 422 } : { signal };
}
